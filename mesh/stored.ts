/**
 * Pure: what of a host's state is written. The engine writes the state of all hosts at every step, so that the time of an `up`
 * grows with the bytes of one host by the square of the fleet.
 */
import { isDeepStrictEqual } from "node:util";
import { POLICY_DEFAULTS } from "../policies";
import { withDigests } from "./digest";
import type { HostState } from "./state";
import { asWritten } from "./words";

type Properties = Readonly<Record<string, unknown>>;

/** What every reader takes an absent property for. */
const DEFAULTS: Properties = { ...POLICY_DEFAULTS, flags: {}, extraFlags: {} };

/** The state after a create or an update; `texts`: see `installTexts` of the network provider. */
export function toStore(
  { config, roles: _forCheck, ...state }: HostState,
  texts: readonly (readonly string[])[] = [],
): Properties {
  return withoutDefaults(asWritten({ ...state, config: withDigests(config, texts) }), {});
}

/** Without what is a default; but for what `former` holds: a refresh of an older state shows no difference by itself. */
export function withoutDefaults(state: Properties, former: Properties): Properties {
  const isKept = ([key, value]: [string, unknown]) =>
    key in former || !(key in DEFAULTS) || !isDeepStrictEqual(value, DEFAULTS[key]);
  return Object.fromEntries(Object.entries(state).filter(isKept));
}
