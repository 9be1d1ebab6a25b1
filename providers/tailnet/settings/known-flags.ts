/** The node settings that have types: how `tailscale set` calls them, and where to read them back. */
import { isIP, isIPv6, SocketAddress } from "node:net";
import type { ClientPrefs } from "../probe/facts";
import type { ClientFlags } from "./client-flags";

export type FlagName = keyof ClientFlags;

export interface Flag {
  readonly read: (prefs: ClientPrefs) => string | boolean;
  /** The value that a new node has. */
  readonly initial: string | boolean;
  /** What is wrong with a value of the right type: `must be ...`. */
  readonly mistake?: (value: string) => string | undefined;
  /** Other values that mean what the node has now. */
  readonly synonyms?: (prefs: ClientPrefs) => readonly string[];
  /** Set after a login: `tailscale up` does not know it, or not before the node is in the mesh. */
  readonly late?: boolean;
  /** A list will do, too, or a number. */
  readonly list?: boolean;
  readonly number?: boolean;
}

/** What an exit node offers. */
export const EXIT_ROUTES = ["0.0.0.0/0", "::/0"];
const NETFILTER_MODES = ["off", "nodivert", "on"];

const flag = (
  initial: Flag["initial"],
  read: Flag["read"],
  mistake?: Flag["mistake"],
  more: Pick<Flag, "synonyms" | "late" | "list" | "number"> = {},
): Flag => ({ initial, read, mistake, ...more });

export const FLAGS: Readonly<Record<FlagName, Flag>> = {
  "accept-dns": flag(true, (prefs) => prefs.CorpDNS),
  "accept-routes": flag(false, (prefs) => prefs.RouteAll),
  "advertise-connector": flag(false, (prefs) => prefs.AppConnector?.Advertise ?? false),
  "advertise-exit-node": flag(false, (prefs) =>
    EXIT_ROUTES.some((route) => prefs.AdvertiseRoutes?.includes(route)),
  ),
  "advertise-routes": flag(
    "",
    (prefs) => sortList((prefs.AdvertiseRoutes ?? []).filter((route) => !EXIT_ROUTES.includes(route))),
    routesMistake,
    { list: true },
  ),
  "auto-update": flag(false, ({ AutoUpdate }) => AutoUpdate?.Apply ?? false, undefined, { late: true }),
  "exit-node": flag("", readExitNode, word, { synonyms: ({ ExitNodeNames }) => ExitNodeNames, late: true }),
  "exit-node-allow-lan-access": flag(false, (prefs) => prefs.ExitNodeAllowLANAccess, undefined, {
    late: true,
  }),
  "netfilter-mode": flag(
    "on",
    (prefs) => NETFILTER_MODES[prefs.NetfilterMode] ?? "on",
    (value) => (NETFILTER_MODES.includes(value) ? undefined : "must be on, nodivert or off"),
  ),
  nickname: flag("", (prefs) => prefs.ProfileName, word, { late: true }),
  operator: flag("", (prefs) => prefs.OperatorUser, word),
  "relay-server-port": flag(
    "",
    ({ RelayServerPort }) => String(RelayServerPort ?? ""),
    (value) => (/^\d{0,5}$/.test(value) && Number(value) <= 65_535 ? undefined : "must be a port"),
    { late: true, number: true },
  ),
  "relay-server-static-endpoints": flag(
    "",
    ({ RelayServerStaticEndpoints }) => sortList(RelayServerStaticEndpoints ?? []),
    (value) => (value.split(",").every(isEndpoint) ? undefined : 'must be a list as ["192.0.2.1:40000"]'),
    { late: true, list: true },
  ),
  "report-posture": flag(false, (prefs) => prefs.PostureChecking),
  "shields-up": flag(false, (prefs) => prefs.ShieldsUp),
  "snat-subnet-routes": flag(true, (prefs) => !prefs.NoSNAT),
  ssh: flag(false, (prefs) => prefs.RunSSH),
  "stateful-filtering": flag(
    false,
    (prefs) => prefs.NoStatefulFiltering === false || prefs.NoStatefulFiltering === "false",
  ),
  "update-check": flag(true, ({ AutoUpdate }) => AutoUpdate?.Check ?? true, undefined, { late: true }),
  webclient: flag(false, (prefs) => prefs.RunWebClient, undefined, { late: true }),
};

/** The client remembers an exit node by its id, which `set` does not take: its address, where the node knows it. */
function readExitNode({ AutoExitNode, ExitNodeIP, ExitNodeID, ExitNodeNames }: ClientPrefs): string {
  if (AutoExitNode !== "") return `auto:${AutoExitNode}`;
  return ExitNodeIP || ExitNodeNames[0] || ExitNodeID;
}

/** The flag of this name, if it is one that we know. */
export function knownFlag(name: string): Flag | undefined {
  return Object.hasOwn(FLAGS, name) ? FLAGS[name as FlagName] : undefined;
}

/** Sorted and comma-separated, for the client keeps no order; prefixes as it writes them. */
export function sortList(values: readonly string[]): string {
  return values
    .map((value) => canonical(value.trim()))
    .filter(Boolean)
    .sort()
    .join(",");
}

/** As the client has it: a prefix whose host bits are zero is its own matter, and it says so. */
function routesMistake(value: string): string | undefined {
  const wrong = value
    .split(",")
    .map((route) => route.trim())
    .find((route) => route !== "" && !isPrefix(route));
  if (wrong !== undefined) return 'must be a list of subnets, as ["10.0.0.0/24"]';
  // However they are written: what the client keeps of them is that it is an exit node, and no such route.
  const routes = sortList(value.split(",")).split(",");
  return EXIT_ROUTES.some((route) => routes.includes(route))
    ? "must not hold 0.0.0.0/0 or ::/0; use advertise-exit-node"
    : undefined;
}

/** `FD00:0::/32` is fd00::/32. */
function canonical(value: string): string {
  const [address = "", bits] = value.split("/");
  if (bits === undefined || !isIPv6(address)) return value;
  return `${new SocketAddress({ family: "ipv6", address }).address}/${bits}`;
}

function isPrefix(route: string): boolean {
  const [address = "", bits = "", ...rest] = route.split("/");
  const family = isIP(address);
  return (
    family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  );
}

function isEndpoint(text: string): boolean {
  const [, address = "", port] = /^\s*\[?([^\]]*?)\]?:(\d{1,5})\s*$/.exec(text) ?? [];
  return text === "" || (isIP(address) !== 0 && Number(port) <= 65_535);
}

function word(value: string): string | undefined {
  return /^[\w.:@-]*$/.test(value) && !value.startsWith("-") ? undefined : "must be one word";
}
