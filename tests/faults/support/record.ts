/** Fault scenarios: each is a test that is tried a number of times and leaves a record for docs/reliability.md. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { it } from "@jest/globals";

/** Where the records of a run are collected, a JSON object a line; `report.mjs` makes the table of them. */
const RECORDS = process.env["MESH_FAULT_RECORDS"] ?? join(__dirname, "../../../dist/faults.jsonl");

/** How often the scenarios with a random moment are tried. */
export const RANDOM_TRIES = Number(process.env["MESH_FAULT_TRIES"] ?? "3");

/** `npm test` runs a part that takes three minutes; `npm run test:faults` all. */
const SMALL = process.env["MESH_FAULT_PART"] === "small";

const TRY_TIMEOUT_MS = 180_000;

export interface Scenario {
  /** Heading in the table. */
  readonly group: string;
  /** The fault. */
  readonly name: string;
  /** What a user sees and does, in a sentence: what the trial asserts. */
  readonly outcome: string;
  readonly tries?: number;
  /** Milliseconds for one try; default 3 minutes. */
  readonly tryTimeoutMs?: number;
  /** The tries, by index, that `npm test` makes; absent: none. */
  readonly small?: readonly number[];
}

/** One try; throws when the fault was not survived. Returns a few words on when it struck, where that is random. */
export type Trial = (index: number) => Promise<string | void>;

/** Registers the test: it runs every try, whatever happened to the one before, and fails when one was not survived. */
export function fault(scenario: Scenario, trial: Trial): void {
  const { group, name, outcome, small = [], tryTimeoutMs = TRY_TIMEOUT_MS } = scenario;
  const indexes = SMALL ? small : [...Array(scenario.tries ?? 1).keys()];
  const tries = indexes.length;
  if (tries === 0) return;
  it(
    name,
    async () => {
      const started = performance.now();
      const failures: unknown[] = [];
      const moments: string[] = [];
      for (const index of indexes) {
        try {
          const moment = await trial(index);
          if (typeof moment === "string") moments.push(moment);
        } catch (error) {
          console.error(`${name}, try ${index + 1}: ${String(error)}`);
          failures.push(error);
        }
      }
      const seconds = Math.round((performance.now() - started) / 1000);
      const survived = tries - failures.length;
      const date = new Date().toISOString().slice(0, 10);
      mkdirSync(dirname(RECORDS), { recursive: true });
      const record = { group, name, outcome, tries, survived, moments: count(moments), seconds, date };
      appendFileSync(RECORDS, `${JSON.stringify(record)}\n`);
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1)
        throw new AggregateError(failures, `${failures.length} of ${tries} tries failed`);
    },
    tries * tryTimeoutMs,
  );
}

/** How often each was seen, most frequent first. */
function count(moments: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const moment of moments) counts.set(moment, (counts.get(moment) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
