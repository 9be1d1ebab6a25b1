/** The folder of Pulumi.yaml, where `stagecraft.yml` lies. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/**
 * As the engine says (`told`); older language hosts do not say, and the SDK makes up a name then: the nearest one that has
 * the file, from the program's folder (`from`) upwards. Falls back to the program's folder.
 */
export function projectFolder(told = pulumi.getRootDirectory(), from = process.cwd()): string {
  const isOne = (folder: string) => NAMES.some((name) => existsSync(join(folder, name)));
  if (isAbsolute(told) && isOne(told)) return told;
  for (let folder = from; ; folder = dirname(folder)) {
    if (isOne(folder)) return folder;
    if (folder === dirname(folder)) return from;
  }
}
