/** A node's settings as `tailscale` takes them: what is wrong with those wanted, what differs, what a login has to mention. */
import { z } from "zod";
import { MeshError } from "../../../errors";
import { suggest } from "../../../validation";
import type { FlagValue, NodeFlags } from "../../contract";
import type { ClientPrefs } from "../probe/facts";
import { FLAGS, knownFlag, sortList } from "./known-flags";

/** Pure: what is wrong with the flags, a sentence each: unknown names, values of the wrong type or form. */
export function flagMistakes(flags: NodeFlags, extraFlags: NodeFlags = {}): string[] {
  const extra = Object.keys(extraFlags)
    .filter((name) => knownFlag(name) !== undefined || OURS.includes(name))
    .map(
      (name) =>
        `extraFlags.${name}: ${OURS.includes(name) ? "is set by this package" : "write it under flags"}`,
    );
  return [...Object.entries(flags).flatMap(([name, value]) => flagMistake(name, value)), ...extra];
}

/** Flags that follow from other settings. */
const OURS = ["hostname", "login-server", "auth-key", "advertise-tags"];

function flagMistake(name: string, value: FlagValue): string[] {
  const known = knownFlag(name);
  if (known === undefined) {
    const near = suggest(name, Object.keys(FLAGS));
    const hint =
      near !== undefined
        ? `did you mean "${near}"?`
        : `known: ${Object.keys(FLAGS).join(", ")}; others go under extraFlags`;
    return [`flags: unknown flag "${name}"; ${hint}`];
  }
  const expected = typeof known.initial;
  const given =
    (Array.isArray(value) && known.list === true) || (typeof value === "number" && known.number === true)
      ? String(value)
      : value;
  if (typeof given !== expected)
    return [`flags.${name}: expected a ${expected}, got ${Array.isArray(value) ? "list" : typeof value}`];
  const mistake = typeof given === "string" ? known.mistake?.(given) : undefined;
  return mistake === undefined ? [] : [`flags.${name}: ${mistake}`];
}

/** Pure: a client that updates itself does not stay at the version that the block names. The block may hold anything yet. */
export function versionMistakes(flags: NodeFlags, config: unknown): string[] {
  const block = z.object({ install: z.object({ version: z.string() }) }).safeParse(config);
  if (!block.success || flags["auto-update"] !== true) return [];
  return [
    `flags.auto-update: goes against install.version ${block.data.install.version}; leave out one of the two (install.min_version goes with it)`,
  ];
}

/** Throws invalid-config when a flag is unknown or has a value of the wrong type. */
export function checkFlags(host: string, flags: NodeFlags, extraFlags: NodeFlags = {}): void {
  const mistakes = flagMistakes(flags, extraFlags);
  if (mistakes.length === 0) return;
  throw new MeshError({
    kind: "invalid-config",
    host,
    message: mistakes.join("; "),
    remedy: "Correct the flags of the host; they are those of `tailscale set`, without the dashes.",
  });
}

/** Pure: the wanted flags with the values that the node has now, spelled as wanted where they mean the same. */
export function readFlags(wanted: NodeFlags, prefs: ClientPrefs): NodeFlags {
  const read = (name: string, value: FlagValue): FlagValue => {
    if (holds(name, value, prefs)) return value;
    const actual = knownFlag(name)?.read(prefs) ?? value;
    return Array.isArray(value) && typeof actual === "string" ? actual.split(",").filter(Boolean) : actual;
  };
  return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, read(name, value)]));
}

/** Pure: arguments for the wanted flags that differ from the node's. */
export function changedFlags(wanted: NodeFlags, prefs: ClientPrefs): string[] {
  return differing(wanted, prefs).map(([name, value]) => argument(name, value));
}

/** Pure: arguments that bring those which `changedFlags` changes back to the values that the node has now. */
export function formerFlags(wanted: NodeFlags, prefs: ClientPrefs): string[] {
  return differing(wanted, prefs).flatMap(([name]) => {
    const former = argument(name, knownFlag(name)!.read(prefs));
    // One that is only known by its id cannot be set: better none than one that cuts the host off.
    return name === "exit-node" ? ["--exit-node=", former] : [former];
  });
}

function differing(wanted: NodeFlags, prefs: ClientPrefs): [string, FlagValue][] {
  return Object.entries(wanted).filter(([name, value]) => !holds(name, value, prefs));
}

/** Whether the node has this value of the flag, by whatever name. An unknown flag is taken for set. */
function holds(name: string, value: FlagValue, prefs: ClientPrefs): boolean {
  const known = knownFlag(name);
  if (known === undefined) return true;
  const wanted = normalize(value);
  if (wanted === known.read(prefs)) return true;
  return known.synonyms?.(prefs).includes(String(wanted).toLowerCase().replace(/\.$/, "")) ?? false;
}

/**
 * Pure: arguments for a login. `tailscale up` on a node that was logged in before demands every setting that is not the
 * initial one (tailscale/tailscale#16142), so those set by others are mentioned with the values they have. Settings that
 * come after the login are not among them.
 */
export function loginFlags(wanted: NodeFlags, prefs: ClientPrefs | undefined): string[] {
  return Object.entries({ ...settingsOf(prefs), ...wanted })
    .filter(([name]) => knownFlag(name)?.late !== true)
    .map(([name, value]) => argument(name, value));
}

/**
 * Pure: the flags to have after a login: those wanted, and those set by others that a login resets without a word. An exit
 * node is not among the latter: it is known by an id, which the next network may not have.
 */
export function flagsAfterLogin(wanted: NodeFlags, prefs: ClientPrefs | undefined): NodeFlags {
  const kept = Object.entries(settingsOf(prefs)).filter(
    ([name]) => knownFlag(name)?.late === true && !name.startsWith("exit-node"),
  );
  return { ...Object.fromEntries(kept), ...wanted };
}

/**
 * Pure: arguments for a login of a node that is in the mesh and shall stay as it is: unlike for one that has no login, with the exit
 * node that it uses, where the client knows it by more than its id.
 */
export function renewalFlags(wanted: NodeFlags, prefs: ClientPrefs): string[] {
  const exitNode = String(knownFlag("exit-node")!.read(prefs));
  const isKnown = exitNode !== "" && exitNode !== prefs.ExitNodeID;
  return [
    `--login-server=${prefs.ControlURL}`,
    `--hostname=${prefs.Hostname}`,
    `--advertise-tags=${(prefs.AdvertiseTags ?? []).join(",")}`,
    ...loginFlags(wanted, prefs),
    ...(isKnown ? [argument("exit-node", exitNode)] : []),
    ...(prefs.ExitNodeAllowLANAccess ? [argument("exit-node-allow-lan-access", true)] : []),
  ];
}

function settingsOf(prefs: ClientPrefs | undefined): NodeFlags {
  if (prefs === undefined || prefs.ControlURL === "") return {};
  const values = Object.entries(FLAGS).map(
    ([name, { read, initial }]) => [name, read(prefs), initial] as const,
  );
  return Object.fromEntries(
    values.filter(([, value, initial]) => value !== initial).map(([name, value]) => [name, value]),
  );
}

/**
 * Pure: whether one of these arguments sends the host's own traffic other ways than before, so that it can cut every
 * connection, also one beside the mesh (tailscale/tailscale#1227, #17176).
 */
export function reroutes(settings: readonly string[]): boolean {
  return settings.some((each) =>
    /^--(accept-routes=true|exit-node=.+|exit-node-allow-lan-access=false)$/.test(each),
  );
}

/** Pure: those of the arguments that end it, and can be set on a node that is down. */
export function calming(settings: readonly string[]): string[] {
  return settings.filter((each) =>
    /^--(accept-routes=false|exit-node=|exit-node-allow-lan-access=true)$/.test(each),
  );
}

const argument = (name: string, value: FlagValue) => `--${name}=${normalize(value)}`;

function normalize(value: FlagValue): string | boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "object") return sortList(value);
  return /[,/]/.test(String(value)) ? sortList(String(value).split(",")) : String(value);
}
