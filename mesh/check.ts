/** The handler `check`: reports bad input with its property, at preview, before anything remote. */
import { z } from "zod";
import { resolveTags, tagDefaultsSchema } from "../config";
import { isMeshError, messageOf } from "../errors";
import { flagsSchema } from "../fields";
import { holdsUnknown, UNKNOWN, validate, type ValidationIssue } from "../validation";
import { loadProvider } from "./load-provider";
import { inputsSchema } from "./state";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Every mistake in the inputs; values that are unknown at preview pass. */
export async function findFailures(news: Readonly<Record<string, unknown>>): Promise<CheckFailure[]> {
  const result = validate(inputsSchema, news);
  const failures = result.ok ? [] : result.issues.map((issue) => toFailure(issue));
  failures.push(...unknownRoles(news["roles"], news["config"]));
  const { provider: id, module, config, flags, extraFlags } = news;
  if (typeof id !== "string" || id === UNKNOWN || module === UNKNOWN) return failures;
  try {
    const provider = await loadProvider(id, typeof module === "string" ? module : undefined);
    if (provider.schema !== undefined && config !== UNKNOWN) {
      const block = validate(provider.schema, config);
      if (!block.ok)
        failures.push(...block.issues.map((issue) => toFailure(issue, ["network", "providers", id])));
      else if (!holdsUnknown(config))
        failures.push(
          ...(provider.checkConfig?.(config) ?? []).map((mistake) => ({
            property: "network",
            reason: `network.providers.${id}: ${mistake}`,
          })),
        );
    }
    const mistakes = provider.checkFlags?.(knownValues(flags), knownValues(extraFlags)) ?? [];
    failures.push(
      ...mistakes.map((reason) => ({
        property: reason.startsWith("extraFlags") ? "extraFlags" : "flags",
        reason,
      })),
    );
  } catch (error) {
    failures.push({ property: "provider", reason: messageOf(error) });
  }
  return failures;
}

/** The flags whose values are known, and right by the schema. */
function knownValues(flags: unknown): z.output<typeof flagsSchema> {
  const entries = typeof flags === "object" && flags !== null ? Object.entries(flags) : [];
  const known = entries.filter(([, value]) => !holdsUnknown(value));
  const parsed = flagsSchema.safeParse(Object.fromEntries(known));
  return parsed.success ? parsed.data : {};
}

/** A role that the block's `role_tags` does not have: a typo would silently drop a tag. */
function unknownRoles(roles: unknown, config: unknown): CheckFailure[] {
  const given = z.array(z.string()).safeParse(roles);
  const sources = validate(tagDefaultsSchema, config);
  if (!given.success || !sources.ok) return []; // Wrong types are reported by the schemas.
  try {
    resolveTags({ roleTags: sources.value.role_tags, roles: given.data });
    return [];
  } catch (error) {
    if (!isMeshError(error)) throw error;
    return [{ property: "roles", reason: `${error.detail} ${error.remedy}` }];
  }
}

/** The engine prints the value of a property that it knows; these hold secrets. */
const SECRET = ["authKey", "connection"];

function toFailure({ path, message }: ValidationIssue, prefix: readonly string[] = []): CheckFailure {
  const full = [...prefix, ...path].map(String);
  const [first = "args"] = full;
  return { property: SECRET.includes(first) ? "args" : first, reason: `${full.join(".")}: ${message}` };
}
