/** What all hosts share: what a host says itself goes first, field by field in its connection, its flags and its daemon; tags, roles and served ports add up. */
import { asZod, UNKNOWN, validate } from "../validation";
import type { ValidationIssue } from "../validation/issue";
import type { StandardSchema } from "../validation/standard-schema";

type Fields = Readonly<Record<string, unknown>>;
type Merge = (ofAll: unknown, own: unknown) => unknown;

const byField: Merge = (ofAll, own = {}) => (isObject(own) ? { ...fieldsOf(ofAll), ...definedIn(own) } : own); // "local" has no fields
const byPart: Merge = (ofAll, own = {}) => {
  if (!isObject(ofAll) || !isObject(own)) return own;
  const parts = Object.fromEntries(
    ["flags", "env"].map((key) => [key, own[key] === undefined ? ofAll[key] : byField(ofAll[key], own[key])]),
  );
  return definedIn({ ...ofAll, ...definedIn(own), ...parts });
};
const both: Merge = (ofAll, own = []) =>
  Array.isArray(ofAll) && Array.isArray(own) ? [...(ofAll as unknown[]), ...(own as unknown[])] : own;
const ownFirst: Merge = (ofAll, own) => own ?? ofAll;

/** How a value of all and one of the host's own become one, where the own one does not count alone. */
const MERGED: Readonly<Record<string, Merge>> = {
  connection: byField,
  flags: byField,
  extraFlags: byField,
  roles: both,
  tags: both,
  serve: both,
  daemon: byPart,
};

/**
 * Pure: the settings of the host `name` with those of all. A connection of all names no host: one that has no other is reached by
 * its name. `combine` merges two values of one setting, by default at once.
 */
export function withDefaults(
  name: string,
  ofAll: Fields,
  own: Fields,
  combine = (one: unknown, other: unknown, merge: Merge): unknown => merge(one, other),
): Fields {
  const shared = Object.entries(definedIn(ofAll)).map(([key, value]) => {
    const merge = MERGED[key] ?? ownFirst;
    const withHost: Merge = (one, other) => {
      if (key === "verify") return merge(withoutItself(name, one), other);
      return merge(one, key === "connection" ? (other ?? { host: name }) : other);
    };
    return [key, combine(value, own[key], withHost)] as const;
  });
  return { ...definedIn(own), ...Object.fromEntries(shared) };
}

/** A peer that all hosts wait for does not wait for itself. */
function withoutItself(name: string, verify: unknown): unknown {
  const { peers } = fieldsOf(verify);
  if (!Array.isArray(peers) || !peers.includes(name)) return verify;
  const others = (peers as unknown[]).filter((peer) => peer !== name);
  return others.length === 0 ? undefined : { ...fieldsOf(verify), peers: others };
}

/** What is wrong with the settings of all hosts; `schema` is that of one host's. */
export function checkDefaults(schema: StandardSchema, given: unknown): readonly ValidationIssue[] {
  if (given === undefined || given === UNKNOWN) return [];
  const connection = fieldsOf(given)["connection"];
  const own = ["aliases", "options"].filter((key) => fieldsOf(given)[key] !== undefined).map((key) => [key]);
  if (connection === "local") own.push(["connection"]);
  if (fieldsOf(connection)["host"] !== undefined) own.push(["connection", "host"]);
  if (own.length > 0) return own.map((path) => ({ path, message: "belongs to one host, not to all" }));
  const complete =
    isObject(given) && (connection === undefined || isObject(connection))
      ? { ...given, connection: { host: "host", ...fieldsOf(connection) } }
      : given;
  const result = validate(asZod(schema), complete);
  return result.ok ? [] : result.issues;
}

function definedIn(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
