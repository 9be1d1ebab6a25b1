/** Writes the planned files, all or none: what is there is never written over without --force. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageFailure } from "../failure";
import type { PlannedFile } from "./files";

export interface Written {
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

export function writeFiles(folder: string, files: readonly PlannedFile[], force: boolean): Written {
  const now = (path: string) => {
    const full = join(folder, path);
    return existsSync(full) ? readFileSync(full, "utf8") : undefined;
  };
  const inTheWay = files.filter(({ path, keep, part }) => {
    const before = now(path);
    return !force && keep !== true && before !== undefined && (part?.isIn(before) ?? true);
  });
  if (inTheWay.length > 0) {
    const paths = inTheWay.map(({ path, part }) =>
      part === undefined ? path : `the ${part.name} in ${path}`,
    );
    throw new UsageFailure(
      `nothing was written, for there is already: ${paths.join(", ")}. With --force that is written over`,
    );
  }
  const kept = files.filter(({ path, keep }) => keep === true && now(path) !== undefined);
  const rest = files.filter((file) => !kept.includes(file));
  const texts = rest.map(({ path, text }) => [path, text(now(path))] as const);
  for (const [path, text] of texts) writeFileSync(join(folder, path), text);
  return { written: rest.map(({ path }) => path), kept: kept.map(({ path }) => path) };
}
