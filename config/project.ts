/** Finds the folder of a Pulumi project: where Pulumi.yaml is, and `stagecraft.yml` beside it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** Whether this very folder is one. */
export function isProject(folder: string): boolean {
  return NAMES.some((name) => existsSync(join(folder, name)));
}

/** The nearest one, from a folder upwards; undefined when there is none. */
export function findProject(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isProject(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
