/** Words for what zod finds wrong: lower-case, precise, and without the value itself, which could be a secret. */
import { distance } from "fastest-levenshtein";
import type { z } from "zod";

/** What a schema wants at a place: types in words, and literal values. */
export interface Expectation {
  readonly types: readonly string[];
  readonly values: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true/false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

const COLLECTIONS: ReadonlySet<string> = new Set(["array", "set", "map", "record", "object"]);

/** The name among `known` that `name` was probably meant to be; undefined when none is near. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const apart = (other: string) => (sameLetters(name, other) ? 1 : distance(plain(name), plain(other)));
  const [nearest] = [...known].sort((a, b) => apart(a) - apart(b));
  if (nearest === undefined) return undefined;
  const allowed = Math.min(3, Math.max(1, Math.floor(nearest.length / 3)));
  return apart(nearest) <= allowed ? nearest : undefined;
}

/** `authKeyEnv`, `auth-key-env` and `auth_key_env` are the same name in another style. */
const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, "");

/** Two letters in the wrong order are one slip, but two edits: too far apart for short names. */
const sameLetters = (a: string, b: string) => [...plain(a)].sort().join() === [...plain(b)].sort().join();

/** The message for a key that an object does not have. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  if (near !== undefined) return `unknown key "${key}"; did you mean "${near}"?`;
  return known.length === 0
    ? `unknown key "${key}"`
    : `unknown key "${key}"; known keys: ${known.join(", ")}`;
}

/** What an issue says was expected, when it is about the type or a fixed set of values. */
export function expectationOf(issue: z.core.$ZodIssue | z.core.$ZodRawIssue): Expectation | undefined {
  if (issue.code === "invalid_type")
    return { types: [TYPES[issue.expected] ?? `a ${issue.expected}`], values: [] };
  if (issue.code === "invalid_value")
    return { types: [], values: issue.values.map((value) => String(value)) };
  return undefined;
}

/** The message for a value that is none of what was expected. A value is quoted only when it is nearly an allowed one. */
export function mismatch({ types, values }: Expectation, input: unknown): string {
  const near = typeof input === "string" ? suggest(input, values) : undefined;
  if (near !== undefined) return `unknown value "${String(input)}"; did you mean "${near}"?`;
  const expected = oneOf([...values.map((value) => `"${value}"`), ...types]);
  if (input === undefined) return `missing, expected ${expected}`;
  const other = types.length === 0 && typeof input === "string" ? "another " : "";
  return `expected ${expected}, got ${other}${typeName(input, types.includes(TYPES["int"]!))}`;
}

function typeName(value: unknown, wantsInteger: boolean): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value !== "number") return typeof value;
  if (!Number.isFinite(value)) return String(value);
  return wantsInteger ? "a fraction" : "number";
}

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
}

/** The message for an issue whose schema brings none of its own; empty for a union, which its branches explain. */
export function describe(issue: z.core.$ZodRawIssue): string {
  const expectation = expectationOf(issue);
  if (expectation !== undefined) return mismatch(expectation, issue.input);
  switch (issue.code) {
    case "too_small":
      if (issue.minimum === 1 && (issue.origin === "string" || COLLECTIONS.has(issue.origin)))
        return "must not be empty";
      return `must ${limit(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum)}`;
    case "too_big":
      return `must ${limit(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum)}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.format === "regex"
        ? "has a wrong form"
        : `must be a valid ${issue.format.replaceAll("_", " ")}`;
    case "invalid_union":
      if (Array.isArray(issue["options"]))
        return `expected ${oneOf(issue["options"].map((value) => `"${String(value)}"`))}`;
      return issue["inclusive"] === false ? "fits more than one of the alternatives" : "";
    default:
      return "is not valid";
  }
}

function limit(origin: string, bound: string, value: number | bigint): string {
  if (origin === "string") return `have ${bound} ${value} characters`;
  return COLLECTIONS.has(origin) ? `have ${bound} ${value} entries` : `be ${bound} ${value}`;
}
