/** The node settings that `tailscale up` and `tailscale set` both know, and where to read them back. */
import { closest, distance } from "fastest-levenshtein";
import { MeshError } from "../../errors";
import type { NodeFlags } from "../contract";
import type { ClientPrefs } from "./facts";

type Value = string | boolean;

const EXIT_ROUTES = ["0.0.0.0/0", "::/0"];
const NETFILTER_MODES = ["off", "nodivert", "on"];

interface Flag {
  readonly read: (prefs: ClientPrefs) => Value;
  /** The value that a new node has. */
  readonly initial: Value;
}

const flag = (initial: Value, read: Flag["read"]): Flag => ({ initial, read });

const FLAGS: Readonly<Record<string, Flag>> = {
  "accept-dns": flag(true, (prefs) => prefs.CorpDNS),
  "accept-routes": flag(false, (prefs) => prefs.RouteAll),
  "advertise-connector": flag(false, (prefs) => prefs.AppConnector?.Advertise ?? false),
  "advertise-exit-node": flag(false, (prefs) =>
    EXIT_ROUTES.some((route) => prefs.AdvertiseRoutes?.includes(route)),
  ),
  "advertise-routes": flag("", (prefs) =>
    sortList((prefs.AdvertiseRoutes ?? []).filter((route) => !EXIT_ROUTES.includes(route))),
  ),
  "exit-node": flag("", (prefs) => prefs.ExitNodeIP || prefs.ExitNodeID),
  "exit-node-allow-lan-access": flag(false, (prefs) => prefs.ExitNodeAllowLANAccess),
  "netfilter-mode": flag("on", (prefs) => NETFILTER_MODES[prefs.NetfilterMode] ?? "on"),
  operator: flag("", (prefs) => prefs.OperatorUser),
  "report-posture": flag(false, (prefs) => prefs.PostureChecking),
  "shields-up": flag(false, (prefs) => prefs.ShieldsUp),
  "snat-subnet-routes": flag(true, (prefs) => !prefs.NoSNAT),
  ssh: flag(false, (prefs) => prefs.RunSSH),
  "stateful-filtering": flag(
    false,
    (prefs) => prefs.NoStatefulFiltering === false || prefs.NoStatefulFiltering === "false",
  ),
  webclient: flag(false, (prefs) => prefs.RunWebClient),
};

/** Pure: what is wrong with the flags, a sentence each: unknown names, values of the wrong type. */
export function flagMistakes(flags: NodeFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const known = FLAGS[name];
    if (known === undefined) {
      const near = closest(name, Object.keys(FLAGS));
      const hint =
        distance(name, near) <= 3 ? `did you mean "${near}"?` : `known: ${Object.keys(FLAGS).join(", ")}`;
      return [`flags: unknown flag "${name}"; ${hint}`];
    }
    const expected = typeof known.initial;
    return typeof value === expected ? [] : [`flags.${name}: expected a ${expected}, got ${typeof value}`];
  });
}

/** Throws invalid-config when a flag is unknown or has a value of the wrong type. */
export function checkFlags(host: string, flags: NodeFlags): void {
  const mistakes = flagMistakes(flags);
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
  const read = (name: string, value: string | number | boolean) => {
    const actual = FLAGS[name]?.read(prefs) ?? value;
    return actual === normalize(value) ? value : actual;
  };
  return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, read(name, value)]));
}

/** Pure: arguments for the wanted flags that differ from the node's. */
export function changedFlags(wanted: NodeFlags, prefs: ClientPrefs): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => FLAGS[name]!.read(prefs) !== normalize(value))
    .map(([name, value]) => argument(name, value));
}

/**
 * Pure: arguments for a login. `tailscale up` on a node that was logged in before demands every setting that is not the
 * initial one (tailscale/tailscale#16142), so those set by others are mentioned with the values they have.
 */
export function loginFlags(wanted: NodeFlags, prefs: ClientPrefs | undefined): string[] {
  const kept = prefs === undefined || prefs.ControlURL === "" ? {} : settingsOf(prefs);
  return Object.entries({ ...kept, ...wanted }).map(([name, value]) => argument(name, value));
}

function settingsOf(prefs: ClientPrefs): NodeFlags {
  const values = Object.entries(FLAGS).map(
    ([name, { read, initial }]) => [name, read(prefs), initial] as const,
  );
  return Object.fromEntries(
    values.filter(([, value, initial]) => value !== initial).map(([name, value]) => [name, value]),
  );
}

const argument = (name: string, value: string | number | boolean) => `--${name}=${normalize(value)}`;

function normalize(value: string | number | boolean): Value {
  if (typeof value === "boolean") return value;
  return String(value).includes(",") ? sortList(String(value).split(",")) : String(value);
}

function sortList(values: readonly string[]): string {
  return values
    .map((value) => value.trim())
    .sort()
    .join(",");
}
