/**
 * Fuzz properties: each has a share of MESH_FUZZ_RUNS cases in total (default 2,000, so that they take seconds) and says
 * how many it ran. `MESH_FUZZ_RUNS=100000 npx jest tests/unit/fuzz` is the long run.
 */
import fc from "fast-check";
import { expect, it } from "@jest/globals";
import { isMeshError, type MeshError } from "../../../errors";

const TOTAL = Number(process.env["MESH_FUZZ_RUNS"] ?? "2000");
const SEED = process.env["MESH_FUZZ_SEED"];
const LIMIT_MS = 600_000;

export interface Shape<T> {
  readonly values: fc.Arbitrary<T>;
  /** Cases of 1,000; all properties together have 1,000. */
  readonly share: number;
  /** Cases that one value stands for, when it is a batch. Default 1. */
  readonly batch?: number;
}

/** Registers a test that holds the property against its share of the cases, and prints the count. */
export function property<T>(
  name: string,
  { values, share, batch = 1 }: Shape<T>,
  holds: (value: T) => void | Promise<void>,
): void {
  it(
    name,
    async () => {
      const numRuns = Math.max(1, Math.round((TOTAL * share) / 1000 / batch));
      const seed = SEED === undefined ? {} : { seed: Number(SEED) };
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          await holds(value);
        }),
        { numRuns, ...seed },
      );
      console.info(`fuzz: ${numRuns * batch} cases: ${name}`);
    },
    LIMIT_MS,
  );
}

/** What `work` throws; fails the test unless it is a MeshError with a remedy. Undefined when nothing is thrown. */
export async function meshErrorOf(work: () => unknown): Promise<MeshError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isMeshError(error)) throw error;
    expect(error.remedy).not.toBe("");
    return error;
  }
}

/** Text with everything that shells, parsers and terminals take in a special way. */
export const nastyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."'\"\\!$`\n\r\t ;&|<>(){}[]*?#~^=%-:,.aé漢😀"), maxLength: 40 }),
  fc.constantFrom(
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "\n touch pwned\n",
    "& touch pwned &",
    "--auth-key=x",
    "-rf",
    "#:end",
    "\n#:end\n",
    "#>progress",
    "%s%n",
    "__proto__",
    "constructor",
    "\u0000",
    "\u202e",
    "tskey-auth-x",
  ),
);

/** A secret as programs make them: at least 8 characters, found nowhere by accident. */
export const canary = fc.string({
  unit: fc.constantFrom(..."XYZQ0123456789-_"),
  minLength: 8,
  maxLength: 40,
});
