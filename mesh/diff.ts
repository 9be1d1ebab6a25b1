/** The handler `diff`: which changes of the inputs need a handler call. Everything is an update in place. */
import { isDeepStrictEqual } from "node:util";
import { POLICY_DEFAULTS } from "../policies";
import { isRenewalDue } from "../renew-key";
import { digestedAs } from "./digest";

/** What the host has to be like; a new auth key, the expected FQDN or the row of progress lines are no difference. */
const WANTED = [
  "name",
  "provider",
  "module",
  "config",
  "tags",
  "flags",
  "extraFlags",
  "serve",
  "daemon",
  "udpGro",
  "verify",
  "expiry",
  "renewKey",
  "ephemeral",
  "connection",
];

/** What later operations do: a change is recorded, and needs no host. */
const POLICIES: Properties = POLICY_DEFAULTS;

type Properties = Readonly<Record<string, unknown>>;

/**
 * Pure: the names of the properties that differ; absent, null, empty and the default mean the same. Without any other change the
 * clock makes one: `keyExpiry` of a key that is to be renewed by now.
 */
export function changedProperties(olds: Properties, news: Properties, now = new Date()): string[] {
  const differs = (key: string) => {
    const [former, wanted] = [olds, news].map((properties) => normalize(properties[key] ?? POLICIES[key]));
    return !isDeepStrictEqual(former, key === "config" ? digestedAs(former, wanted) : wanted);
  };
  const drift = normalize(olds["drift"]) === undefined ? [] : ["drift"];
  const [keyExpiry, renewKey] = [olds["keyExpiry"], news["renewKey"]].map((value) =>
    typeof value === "string" ? value : undefined,
  );
  const due = isRenewalDue(keyExpiry, renewKey, now) ? ["keyExpiry"] : [];
  return [...[...WANTED, ...Object.keys(POLICIES)].filter(differs), ...drift, ...due];
}

/** Pure: true when nothing but policies differs. */
export function onlyPoliciesChanged(changed: readonly string[]): boolean {
  return changed.length > 0 && changed.every((key) => key in POLICIES);
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
