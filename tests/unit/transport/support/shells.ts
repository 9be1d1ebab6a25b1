/** The login shells of this machine. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Shell {
  readonly name: string;
  /** Its program and the arguments before the command line. */
  readonly argv: readonly [string, ...string[]];
}

const KNOWN = ["dash", "bash", "zsh", "fish", "tcsh", "ksh", "mksh"];

function find(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Those of the known ones that are installed. */
export const shells: readonly Shell[] = [
  ...KNOWN.flatMap((name): Shell[] => {
    const path = find(name);
    return path === undefined ? [] : [{ name, argv: [path, "-c"] }];
  }),
  ...[find("busybox")].flatMap((path): Shell[] =>
    path === undefined ? [] : [{ name: "busybox sh", argv: [path, "sh", "-c"] }],
  ),
];
