/** The handler `diff`: which changes of the inputs need a handler call. Everything is an update in place. */
import { isDeepStrictEqual } from "node:util";

/** What decides; a new auth key, the expected FQDN or the row of progress lines are no difference. */
const COMPARED = [
  "name",
  "provider",
  "module",
  "config",
  "tags",
  "flags",
  "transport",
  "hostKeyPolicy",
] as const;

/** Pure: the names of the properties that differ; absent, null, and empty mean the same. */
export function changedProperties(
  olds: Readonly<Record<string, unknown>>,
  news: Readonly<Record<string, unknown>>,
): string[] {
  return COMPARED.filter((key) => !isDeepStrictEqual(normalize(olds[key]), normalize(news[key])));
}

/** Drops what is absent, so that `{a: undefined}` equals `{}`; lists keep their order (tags come sorted). */
function normalize(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normalize);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, normalize(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
