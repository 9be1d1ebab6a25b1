/** Paths of the user's own SSH files. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../types";

/** Pure but for the default: `~/` expanded, by HOME where it is set. */
export function expandHome(path: string, env: Environment): string {
  return path.startsWith("~/") ? join(env["HOME"] || homedir(), path.slice(2)) : path;
}
