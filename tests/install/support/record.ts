/** Cells of the matrix: each is a test on a newly created machine, and leaves a record for docs/install-matrix.md. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { it } from "@jest/globals";
import type { Pass, User } from "./client";
import { TestHost } from "./host";
import type { Target } from "./targets";

/** Where the records of a run are collected, a JSON object a line; `report.mjs` makes the table of them. */
const RECORDS = process.env["MESH_INSTALL_RECORDS"] ?? join(__dirname, "../../../dist/install.jsonl");

export interface Cell {
  /** Heading in the table. */
  readonly group: string;
  readonly target: Target;
  /** What was on the host: `fresh`, `1.98.1 from the repository`. */
  readonly before: string;
  /** The settings of `install`, as a user would say them: `auto`, `min_version: 1.100.0`. */
  readonly settings: string;
  readonly user: User;
  /** What the cell asserts, in a few words. */
  readonly outcome: string;
}

/** Returns the session that is the cell's own: its commands and seconds stand in the table. */
export type Trial = (host: TestHost) => Promise<Pick<Pass, "execs" | "seconds">>;

/** Registers the test. */
export function cell(row: Cell, trial: Trial): void {
  const { target, before, settings, user } = row;
  it(`${target.title}: ${before}, ${settings}, as ${user}`, async () => {
    const host = await TestHost.of(target);
    await host.reset();
    const started = performance.now();
    const record = { ...row, target: target.title, ok: false, execs: 0, installSeconds: 0 };
    try {
      const { execs, seconds } = await trial(host);
      Object.assign(record, { ok: true, execs: execs.length, installSeconds: seconds });
    } finally {
      const seconds = (performance.now() - started) / 1000;
      const date = new Date().toISOString().slice(0, 10);
      mkdirSync(dirname(RECORDS), { recursive: true });
      appendFileSync(RECORDS, `${JSON.stringify({ ...record, seconds, date })}\n`);
    }
  });
}
