/** The handler `check`: reports bad input with its property, at preview, before anything remote. */
import { messageOf } from "../errors";
import { UNKNOWN, validate, type ValidationIssue } from "../validation";
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
  const { provider: id, module, config, flags, name } = news;
  if (typeof id !== "string" || id === UNKNOWN || module === UNKNOWN) return failures;
  try {
    const provider = await loadProvider(id, typeof module === "string" ? module : undefined);
    if (provider.schema !== undefined && config !== UNKNOWN) {
      const block = validate(provider.schema, config);
      if (!block.ok)
        failures.push(...block.issues.map((issue) => toFailure(issue, ["network", "providers", id])));
    }
    if (typeof flags === "object" && flags !== null && typeof name === "string") {
      failures.push(
        ...(provider.checkFlags?.(flags as never) ?? []).map((reason) => ({ property: "flags", reason })),
      );
    }
  } catch (error) {
    failures.push({ property: "provider", reason: messageOf(error) });
  }
  return failures;
}

/** Users write `connection`; the state calls it `transport`. */
function toFailure({ path, message }: ValidationIssue, prefix: readonly string[] = []): CheckFailure {
  const full = [...prefix, ...path].map((part) => (part === "transport" ? "connection" : String(part)));
  return { property: full[0] ?? "inputs", reason: `${full.join(".")}: ${message}` };
}
