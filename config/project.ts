/** Finds the folder of a Pulumi project: where Pulumi.yaml is, and `stagecraft.yml` beside it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSections } from "./yaml";

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

/** The name of the project in this very folder, which its configuration keys begin with; undefined when it has none. */
export function readProjectName(folder: string): string | undefined {
  const path = NAMES.map((name) => join(folder, name)).find((each) => existsSync(each));
  if (path === undefined) return undefined;
  const { name } = parseSections(readFileSync(path, "utf8"), path);
  return typeof name === "string" ? name : undefined;
}
