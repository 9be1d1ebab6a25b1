/** What of a program's values is known while it runs, and what only the engine will tell. */
import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../validation";

/** True for an output or a promise: its value comes later, or never in a preview. */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return pulumi.Output.isInstance(value) || typeof (value as { then?: unknown }).then === "function";
}

/**
 * A copy with UNKNOWN in place of all that comes later, as `check` gets values that are unknown at preview; fields that are
 * undefined are absent, as the engine takes them.
 */
export function knownParts(value: unknown): unknown {
  if (isLater(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(knownParts);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(given.map(([key, inner]) => [key, knownParts(inner)]));
}
