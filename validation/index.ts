/** Parses untrusted values with a zod schema, and turns its issues into messages with paths and suggestions. */
import type { z } from "zod";
import { MeshError } from "../errors";
import type { Path, ValidationIssue } from "./issue";
import { describe } from "./messages";
import { explain, keysOf, onePerMistake } from "./mistakes";

export { asZod } from "./as-zod";
export type { ValidationIssue } from "./issue";
export { suggest } from "./messages";
export { holdsUnknown, UNKNOWN } from "./unknown";

export type ValidationResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly ValidationIssue[] };

/**
 * Parses `value`. Mistakes at values that are UNKNOWN do not count, nor do refinements of an object or list that holds
 * one; when no other mistake is left, the result is ok and its value is the raw one, only cast: the schema's defaults
 * and transforms are not in it. The schema must be synchronous.
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): ValidationResult<T> {
  const knownKeys = new Map<readonly string[], readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") knownKeys.set(issue.keys, keysOf(issue.inst));
      return describe(issue);
    },
  });
  if (result.success) return { ok: true, value: result.data };
  const mistakes = onePerMistake(
    result.error.issues.flatMap((issue) => explain(issue, [], { root: value, knownKeys })),
  );
  if (mistakes.length === 0) return { ok: true, value: value as T };
  return { ok: false, issues: mistakes.map(({ path, message }) => ({ path, message })) };
}

/** As `validate`, but throws one invalid-config MeshError that lists every mistake under `at` (`network.providers.headscale`). */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, at: string, host?: string): T {
  const result = validate(schema, value);
  if (result.ok) return result.value;
  throw invalidConfig(at, result.issues, { host });
}

/** The invalid-config error that lists `issues` under `at`. Default remedy: to correct them. */
export function invalidConfig(
  at: string,
  issues: readonly ValidationIssue[],
  { host, remedy }: { readonly host?: string; readonly remedy?: string } = {},
): MeshError {
  const told = issues.map(({ path, message }) => ({ path: formatPath(at, path), message }));
  const lines = told.map(({ path, message }) => `${path}: ${message}`);
  const several = lines.length > 1;
  return new MeshError({
    kind: "invalid-config",
    host,
    message: several
      ? `${lines.length} mistakes\n${lines.map((line) => `  - ${line}`).join("\n")}`
      : lines.join(""),
    remedy: remedy ?? `Correct ${several ? "them" : "it"} and run again.`,
    issues: told,
  });
}

/** `hosts.plat-db-1.tags[0]`; keys that are no plain names are quoted. */
export function formatPath(at: string, path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, at);
}
