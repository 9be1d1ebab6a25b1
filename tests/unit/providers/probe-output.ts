/** Probe output as hosts print it, with parts replaced. */

export interface ProbeParts {
  readonly backendState?: string;
  /** Whether the node has a connection to its control server; default true. */
  readonly online?: boolean;
  /** Whether the client has a login, shown or not. */
  readonly haveNodeKey?: boolean;
  readonly tags?: readonly string[];
  readonly dnsName?: string;
  readonly suffix?: string;
  /** Whether the tailnet has it; default true. */
  readonly magicDNS?: boolean;
  readonly health?: readonly string[];
  readonly prefs?: Readonly<Record<string, unknown>>;
  /** The exit node that is used. */
  readonly exitNode?: { readonly name: string; readonly addresses: readonly string[] };
  readonly version?: string;
  readonly enabled?: string;
  readonly active?: string;
  readonly run?: { readonly code: number; readonly output: string };
  /** SSH_CONNECTION of the connection that the probe ran on. */
  readonly peer?: string;
  /** Replaces os-release. */
  readonly os?: string;
  /** Replaces and adds facts of the host: `{ init: "openrc", package: "deb" }`; the empty string leaves one out. */
  readonly facts?: Readonly<Record<string, string>>;
  /** What the machine shows: `{ machine_id: "m1", mac: "02:00:00:00:00:01", client_key: "mkey:aa" }`. */
  readonly machine?: Readonly<Record<string, string>>;
  /** The mark on the host, as it is written. */
  readonly mark?: string;
  /** When the node's key expires, as far as it knows. */
  readonly keyExpiry?: string;
  readonly nodeId?: string;
  readonly nodeKey?: string;
  readonly addresses?: readonly string[];
  /** The daemon does not answer: no status and no prefs. */
  readonly silent?: boolean;
  /** What `tailscale get --json` prints; an older client prints nothing. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What `tailscale serve status --json` prints; default: that nothing is served. `unread`: a client that does not tell. */
  readonly serve?: object | "unread";
  /** What the node was told of the routes that it serves, beside its addresses. */
  readonly allowedRoutes?: readonly string[];
  /** What others serve. */
  readonly servedByOthers?: readonly string[];
  /** Whether there is a network device (userspace networking has none). */
  readonly tunDevice?: boolean;
  /** Replaces what is said of IP forwarding; by default it is on, in a container. */
  readonly forwarding?: Readonly<Record<string, string>>;
  /** What is said of UDP GRO forwarding, a line each; default: nothing, as where we do not see to it. */
  readonly udpGro?: readonly string[];
  /** Our file of what tailscaled is started with, and what of it is not in force; default: there is none. */
  readonly daemon?: { readonly file: readonly string[]; readonly lacks?: readonly string[] };
  /** What a daemon lacked that did not come back with it. */
  readonly failed?: string;
  /** Leaves out client, status and prefs. */
  readonly withoutClient?: boolean;
}

const DEBIAN = [
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
  'NAME="Debian GNU/Linux"',
  'VERSION_ID="12"',
  "VERSION_CODENAME=bookworm",
  "ID=debian",
].join("\n");

const DEBIAN_FACTS = {
  kernel: "Linux",
  arch: "x86_64",
  init: "systemd",
  managers: "apt",
  tun: "yes",
  fetcher: "curl",
};

const FORWARDS = { v4: "1", v6: "1", writable: "", file: "", announced: "" };

/** As `tailscale whois --json` prints a node. */
const whois = ({ name, addresses }: NonNullable<ProbeParts["exitNode"]>) =>
  JSON.stringify({ Node: { ID: 2, StableID: "n2", Name: name, Addresses: addresses } }, undefined, "\t");

/** `mark`: that of the run; without one a fake session puts it in. */
export function probeOutput(parts: ProbeParts = {}, mark = ""): string {
  const {
    backendState = "Running",
    online = true,
    tags,
    dnsName = "web-1.demo.mesh.",
    suffix = "demo.mesh",
    health = [],
    prefs = {},
    run,
  } = parts;
  const loggedIn = backendState !== "NeedsLogin";
  const status = {
    Version: "1.102.0",
    BackendState: backendState,
    HaveNodeKey: parts.haveNodeKey,
    TUN: parts.tunDevice,
    Health: health,
    CurrentTailnet: loggedIn
      ? { Name: "demo.mesh", MagicDNSSuffix: suffix, MagicDNSEnabled: parts.magicDNS ?? true }
      : null,
    Self: loggedIn
      ? {
          ID: parts.nodeId ?? "7",
          PublicKey: parts.nodeKey ?? "nodekey:77",
          HostName: "web-1",
          DNSName: dnsName,
          TailscaleIPs: parts.addresses ?? ["100.64.0.1", "fd7a:115c:a1e0::1"],
          AllowedIPs: ["100.64.0.1/32", "fd7a:115c:a1e0::1/128", ...(parts.allowedRoutes ?? [])],
          Tags: tags,
          KeyExpiry: parts.keyExpiry,
          Online: online,
        }
      : { ID: "", HostName: "web-1", DNSName: "", TailscaleIPs: null },
  };
  const control = loggedIn
    ? { ControlURL: "https://headscale.demo.lab", Hostname: "web-1" }
    : { ControlURL: "", Hostname: "" };
  const allPrefs = { ...control, RouteAll: false, CorpDNS: true, NetfilterMode: 2, ...prefs };
  const client = [
    "client=/usr/bin/tailscale",
    `version=${parts.version ?? "1.102.0"}`,
    `enabled=${parts.enabled ?? "enabled"}`,
    `active=${parts.active ?? "active"}`,
    "",
    `#${mark}:status`,
    parts.silent === true ? "" : JSON.stringify(status, undefined, "\t"),
    "",
    `#${mark}:prefs`,
    parts.silent === true ? "" : JSON.stringify(allPrefs, undefined, "\t"),
    ...(parts.settings === undefined ? [] : ["", `#${mark}:settings`, JSON.stringify(parts.settings)]),
    ...(parts.silent === true || parts.serve === "unread"
      ? []
      : ["", `#${mark}:serve`, JSON.stringify(parts.serve ?? {}, undefined, 2)]),
    ...(parts.exitNode === undefined ? [] : ["", `#${mark}:exit-node`, whois(parts.exitNode)]),
  ];
  return [
    ...(run === undefined ? [] : ["", `#${mark}:run`, run.output, "", `#${mark}:code`, run.code]),
    ...(parts.failed === undefined ? [] : ["", `#${mark}:failed`, parts.failed]),
    ...(parts.daemon === undefined
      ? []
      : [
          "",
          `#${mark}:daemon-settings`,
          ...parts.daemon.file,
          ...(parts.daemon.lacks === undefined ? [] : [`#${mark}:daemon-lacks`, ...parts.daemon.lacks]),
        ]),
    "",
    `#${mark}:os`,
    parts.os ?? DEBIAN,
    "",
    `#${mark}:facts`,
    ...Object.entries({ ...DEBIAN_FACTS, ...parts.facts }).flatMap(([key, value]) =>
      value === "" ? [] : [`${key}=${value}`],
    ),
    ...(parts.withoutClient === true ? [] : client),
    "",
    `#${mark}:mark`,
    parts.mark ?? "",
    ...(parts.servedByOthers === undefined ? [] : [`#${mark}:served`, ...parts.servedByOthers]),
    `#${mark}:forwarding`,
    ...Object.entries({ ...FORWARDS, ...parts.forwarding }).map(([key, value]) => `${key}=${value}`),
    ...(parts.udpGro === undefined ? [] : [`#${mark}:udp-gro`, ...parts.udpGro]),
    `#${mark}:machine`,
    ...Object.entries(parts.machine ?? {}).map(([key, value]) => `${key}=${value}`),
    "",
    ...(parts.peer === undefined ? [] : [`#${mark}:peer`, `connection=${parts.peer}`, ""]),
    `#${mark}:end`,
    "",
  ].join("\n");
}
