/** What all hosts share: what a host says itself goes first, field by field in its connection, its flags and its daemon; tags, roles and served ports add up. */
import { asZod, UNKNOWN, validate } from "../validation";
import type { ValidationIssue } from "../validation/issue";
import type { StandardSchema } from "../validation/standard-schema";

type Fields = Readonly<Record<string, unknown>>;
/** How a value of all and one of the host's own become one; `name` is the host's. */
type Merge = (ofAll: unknown, own: unknown, name: string) => unknown;

const byField: Merge = (ofAll, own = {}) => (isObject(own) ? { ...fieldsOf(ofAll), ...definedIn(own) } : own); // "local" has no fields
const byPart: Merge = (ofAll, own = {}, name) => {
  if (!isObject(ofAll) || !isObject(own)) return own;
  const parts = Object.fromEntries(
    ["flags", "env"].map((key) => [
      key,
      own[key] === undefined ? ofAll[key] : byField(ofAll[key], own[key], name),
    ]),
  );
  return definedIn({ ...ofAll, ...definedIn(own), ...parts });
};
const both: Merge = (ofAll, own = []) =>
  Array.isArray(ofAll) && Array.isArray(own) ? [...(ofAll as unknown[]), ...(own as unknown[])] : own;
const ownFirst: Merge = (ofAll, own) => own ?? ofAll;

/** What is not among them counts alone where the host has it. A connection of all names no host: whoever has no other is reached by its name. */
const MERGED: Readonly<Record<string, Merge>> = {
  connection: (ofAll, own, name) => byField(ofAll, own ?? { host: name }, name),
  flags: byField,
  extraFlags: byField,
  roles: both,
  tags: both,
  serve: both,
  daemon: byPart,
  verify: (ofAll, own, name) => own ?? withoutItself(name, ofAll),
};

/** Pure: the settings of the host `name` with those of all. `combine` merges two values of one setting, by default at once. */
export function withDefaults(
  name: string,
  ofAll: Fields,
  own: Fields,
  combine = (one: unknown, other: unknown, merge: (one: unknown, other: unknown) => unknown): unknown =>
    merge(one, other),
): Fields {
  const shared = Object.entries(definedIn(ofAll)).map(([key, value]) => {
    const merge = MERGED[key] ?? ownFirst;
    return [key, combine(value, own[key], (one, other) => merge(one, other, name))] as const;
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

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
