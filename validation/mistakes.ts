/** From zod's issues to what a person did wrong: the branch of a union that was meant, one entry per mistake. */
import type { z } from "zod";
import type { Path } from "./issue";
import { expectationOf, mismatch, suggest, unknownKey, type Expectation } from "./messages";
import { holdsUnknown, UNKNOWN } from "./unknown";

export interface Mistake {
  readonly path: Path;
  readonly message: string;
  /** Set when the value as a whole is of a wrong kind. */
  readonly expected?: Expectation;
  /** True when there is no value at the path. */
  readonly missing?: boolean;
  /** Set for an unknown key, to the path of the known key that was probably meant, if any. */
  readonly unknownKey?: { readonly meant: Path | undefined };
}

export interface Context {
  /** The value that was parsed. */
  readonly root: unknown;
  /** For each unrecognized_keys issue, by its list of keys: the keys that are known there. */
  readonly knownKeys: ReadonlyMap<readonly string[], readonly string[]>;
}

/** Pure: the mistakes behind one zod issue whose path starts at `base`; none when its value is not known yet. */
export function explain(issue: z.core.$ZodIssue, base: Path, context: Context): Mistake[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  // A key is known even when its value is not.
  if (issue.code === "invalid_key")
    return issue.issues.map(({ message }) => ({ path, message: message || "is not a valid key" }));
  if (issue.code === "unrecognized_keys") return explainKeys(issue, path, context);
  if (isUnknown(context.root, path)) return [];
  if (issue.code === "custom" && holdsUnknown(valueAt(context.root, path))) return [];
  if (issue.code === "invalid_element") return issue.issues.flatMap((inner) => explain(inner, path, context));
  if (issue.code === "invalid_union" && issue.message === "") {
    const branches = issue.errors.map((errors) => errors.flatMap((inner) => explain(inner, path, context)));
    return bestBranch(branches.map(onePerMistake), path, context.root);
  }
  const missing = valueAt(context.root, path) === undefined;
  return [{ path, message: issue.message, expected: expectationOf(issue), missing }];
}

function explainKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path, { knownKeys }: Context): Mistake[] {
  const known = knownKeys.get(issue.keys);
  if (known === undefined) return [{ path, message: issue.message }];
  return issue.keys.map((key) => {
    const meant = suggest(key, known);
    return {
      path,
      message: unknownKey(key, known),
      unknownKey: { meant: meant === undefined ? undefined : [...path, meant] },
    };
  });
}

/** The branch that the value was meant for: of its kind, with the fewest mistakes; else what all branches expect. */
function bestBranch(branches: readonly (readonly Mistake[])[], path: Path, root: unknown): Mistake[] {
  const isOtherKind = (mistake: Mistake) =>
    mistake.path.length === path.length && mistake.expected !== undefined;
  const fitting = branches.filter((mistakes) => !mistakes.some(isOtherKind));
  const [best] = fitting.sort((a, b) => a.length - b.length);
  if (best !== undefined) return [...best];
  const wanted = branches
    .flat()
    .filter(isOtherKind)
    .flatMap((mistake) => mistake.expected ?? []);
  const types = new Set(wanted.flatMap((expected) => expected.types));
  const values = new Set(wanted.flatMap((expected) => expected.values));
  const expected = { types: [...types], values: [...values] };
  const value = valueAt(root, path);
  return [{ path, message: mismatch(expected, value), expected, missing: value === undefined }];
}

/** The first mistake of each place and every unknown key, but no missing key that an unknown one was meant to be. */
export function onePerMistake(mistakes: readonly Mistake[]): Mistake[] {
  const meant = new Set(mistakes.flatMap(({ unknownKey: key }) => (key?.meant ? [placeOf(key.meant)] : [])));
  const seen = new Set<string>();
  return mistakes.filter((mistake) => {
    if (mistake.unknownKey !== undefined) return true;
    const place = placeOf(mistake.path);
    if (seen.has(place) || (mistake.missing === true && meant.has(place))) return false;
    seen.add(place);
    return true;
  });
}

const placeOf = (path: Path) => JSON.stringify(path);

/** The keys that the object schema which raised an issue knows. */
export function keysOf(schema: unknown): readonly string[] {
  const { def } = (schema as z.core.$ZodType)._zod;
  return "shape" in def ? Object.keys(def.shape as object) : [];
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string | number, unknown>)[key];
  }, root);
}

function isUnknown(root: unknown, path: Path): boolean {
  return [root, ...path.map((_, index) => valueAt(root, path.slice(0, index + 1)))].includes(UNKNOWN);
}
