/** The folder of Pulumi.yaml, where `stagecraft.yml` lies. */
import { isAbsolute } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { findProject, isProject } from "../config";

/**
 * As the engine says (`told`); older language hosts do not say, and the SDK makes up a name then: the nearest one that has
 * the file, from the program's folder (`from`) upwards. Falls back to the program's folder.
 */
export function projectFolder(told = pulumi.getRootDirectory(), from = process.cwd()): string {
  return isAbsolute(told) && isProject(told) ? told : (findProject(from) ?? from);
}
