/** Writes the page: over an older one, but never over a file that is something else. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../../errors";
import { UsageFailure } from "../failure";
import { GENERATOR } from "./page";

/** Before any host is looked at: that takes a while. */
export function mayWrite(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  if (!readFileSync(path, "utf8").includes(GENERATOR))
    throw new UsageFailure(`${path} exists, and is no report: give another --output, or --force`);
}

/** Returns where the page is. */
export function writePage(path: string, page: string): string {
  try {
    writeFileSync(path, page);
  } catch (error) {
    throw new UsageFailure(`the page cannot be written: ${messageOf(error)}`);
  }
  return resolve(path);
}
