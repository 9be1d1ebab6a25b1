/** Reads `stagecraft.yml`: its `network` section only, for the file belongs to a bigger tool. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suggest } from "../validation";
import { invalidFile, parseSections } from "./yaml";

/** The name of the file, in the program's folder. */
export const FILE_NAME = "stagecraft.yml";

/** What the file holds for us. */
export interface StagecraftFile {
  readonly path: string;
  /** The `network` section as it stands there; undefined when the file has none. */
  readonly network: unknown;
  /** A section whose name is nearly `network`, when there is no `network`. */
  readonly nearlyNetwork: string | undefined;
}

/**
 * Reads the file in `folder`; undefined when there is none. Throws invalid-config when it cannot be read, or is not
 * one YAML document with sections: syntax errors and duplicate keys come with line and column.
 */
export function readStagecraftFile(folder: string): StagecraftFile | undefined {
  const path = join(folder, FILE_NAME);
  if (!existsSync(path)) return undefined;
  const sections = parseSections(readText(path), path);
  const network: unknown = Object.hasOwn(sections, "network") ? sections["network"] : undefined;
  return {
    path,
    network,
    nearlyNetwork: network === undefined ? suggest("network", Object.keys(sections)) : undefined,
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw invalidFile(path, `cannot be read (${code ?? "unknown error"})`, "Make it a readable file.", cause);
  }
}
