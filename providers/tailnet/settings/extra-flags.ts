/** Pure: flags of `tailscale set` that nobody here knows, read back where the client tells its settings (`tailscale get`, 1.100). */
import type { FlagValue, NodeFlags } from "../../contract";

/** The client's settings by the names that `tailscale set` has for them; undefined for a client that does not tell. */
export type ClientSettings = Readonly<Record<string, unknown>> | undefined;

/**
 * Arguments for the extra flags that differ from the client's own; those that it does not tell are set when an earlier run did
 * not set them to the same values.
 */
export function extraArguments(
  wanted: NodeFlags,
  former: NodeFlags = {},
  settings: ClientSettings = undefined,
): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => {
      const actual = told(settings, name) ?? former[name];
      return actual === undefined || !isSame(actual, value);
    })
    .map(([name, value]) => `--${name}=${asGiven(value)}`);
}

/** Arguments that bring those which `extraArguments` changes back to what they were, as far as that is known. */
export function formerExtraArguments(
  wanted: NodeFlags,
  former: NodeFlags = {},
  settings?: ClientSettings,
): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const actual = told(settings, name) ?? former[name];
    return actual === undefined || isSame(actual, value) ? [] : [`--${name}=${asGiven(actual)}`];
  });
}

/** The wanted ones with the values that the client tells, spelled as wanted where they mean the same. */
export function readExtraFlags(wanted: NodeFlags, settings: ClientSettings): NodeFlags {
  const entries = Object.entries(wanted).map(([name, value]): [string, FlagValue] => {
    const actual = told(settings, name);
    return [name, actual === undefined || isSame(actual, value) ? value : actual];
  });
  return Object.fromEntries(entries);
}

function told(settings: ClientSettings, name: string): string | boolean | number | undefined {
  if (settings === undefined || !Object.hasOwn(settings, name)) return undefined;
  const value = settings[name];
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number"
    ? value
    : undefined;
}

/** The client keeps no order in a list. */
function isSame(one: FlagValue, other: FlagValue): boolean {
  const sorted = (value: FlagValue) => asGiven(value).split(",").sort().join(",");
  return sorted(one) === sorted(other);
}

/** A comma in it may be no list's, nor a slash a prefix's. */
const asGiven = (value: FlagValue) => (typeof value === "object" ? value.join(",") : String(value));
