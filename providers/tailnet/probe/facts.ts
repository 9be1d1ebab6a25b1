/** What a probe told of a host, as typed facts. */
import { z } from "zod";
import semver from "semver";
import { excerpt } from "../../../excerpt";
import { parseDaemon, type DaemonStatus } from "./daemon";
import { parseExitNode } from "./exit-node";
import { parseForwarding, type Forwarding } from "./forwarding";
import { parseJson, parseObject, unreadable } from "./json";
import { parseMachine, type Machine } from "./machine";
import { parseMark, type Mark } from "./mark";
import { parsePeer, type Peer } from "./peer";
import { parseAssignments, type Sections } from "./sections";
import { parseServe, type ServeStatus } from "./serve";
import { parseUdpGro, type UdpGroFacts } from "./udp-gro";

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** A client without a login shows an empty id. */
const filled = nullish(z.string()).transform((value) => value || undefined);

/** The part of `tailscale status --json` that we read; other keys are ignored, so a newer client does no harm. */
const statusSchema = z.object({
  BackendState: z.string(),
  /** True once the client has a login, also while it does not show it. */
  HaveNodeKey: nullish(z.boolean()),
  /** False: the client has no network device of its own (userspace networking). */
  TUN: nullish(z.boolean()),
  Health: nullish(z.array(z.string())),
  CurrentTailnet: nullish(
    z.object({
      Name: nullish(z.string()),
      MagicDNSSuffix: nullish(z.string()),
      /** Whether the tailnet has it, whatever this node makes of it. */
      MagicDNSEnabled: nullish(z.boolean()),
    }),
  ),
  Self: nullish(
    z.object({
      ID: filled,
      /** Of the login; all zeros while there is none. */
      PublicKey: nullish(z.string()).transform((key) =>
        key === undefined || /:0+$/.test(key) ? undefined : key,
      ),
      HostName: nullish(z.string()),
      DNSName: nullish(z.string()),
      TailscaleIPs: nullish(z.array(z.string())),
      /** Its addresses, and the routes that it serves: as far as it was told, which Headscale does when it connects. */
      AllowedIPs: nullish(z.array(z.string())),
      Tags: nullish(z.array(z.string())),
      Online: nullish(z.boolean()),
      KeyExpiry: nullish(z.string()),
    }),
  ),
});
export type ClientStatus = z.output<typeof statusSchema>;

/** The preferences that we read; `flags.ts` knows their flags. */
const prefsSchema = z.object({
  ControlURL: z.string().default(""),
  Hostname: z.string().default(""),
  /** True while the client is to be up, or tries to log in. */
  WantRunning: z.boolean().default(false),
  /** True after a logout, also while the client still shows the node that it was (a logout that did not get through). */
  LoggedOut: z.boolean().default(false),
  AdvertiseTags: nullish(z.array(z.string())),
  RouteAll: z.boolean().default(false),
  CorpDNS: z.boolean().default(true),
  ShieldsUp: z.boolean().default(false),
  RunSSH: z.boolean().default(false),
  RunWebClient: z.boolean().default(false),
  OperatorUser: z.string().default(""),
  ProfileName: z.string().default(""),
  AdvertiseRoutes: nullish(z.array(z.string())),
  AppConnector: nullish(z.object({ Advertise: z.boolean().default(false) })),
  ExitNodeID: z.string().default(""),
  ExitNodeIP: z.string().default(""),
  AutoExitNode: z.string().default(""),
  /** Not the client's: what `--exit-node` may call the node that is used, addresses first; from the section `exit-node`. */
  ExitNodeNames: z.array(z.string()).default([]),
  ExitNodeAllowLANAccess: z.boolean().default(false),
  NoSNAT: z.boolean().default(false),
  NoStatefulFiltering: nullish(z.union([z.boolean(), z.string()])),
  NetfilterMode: z.number().default(2),
  PostureChecking: z.boolean().default(false),
  AutoUpdate: nullish(z.object({ Check: nullish(z.boolean()), Apply: nullish(z.boolean()) })),
  RelayServerPort: nullish(z.number()),
  RelayServerStaticEndpoints: nullish(z.array(z.string())),
});
export type ClientPrefs = z.output<typeof prefsSchema>;

/** What starts daemons: `none` is anything that is none of the others, a container's own process 1 for one. */
export type Init = "systemd" | "openrc" | "sysvinit" | "runit" | "none";

const INITS: readonly Init[] = ["systemd", "openrc", "sysvinit", "runit", "none"];

/** What os-release says; empty strings and lists for what it does not. */
export interface OsRelease {
  readonly id: string;
  readonly like: readonly string[];
  /** VERSION_ID: `12`, `24.04`, `2023`; empty on rolling releases. */
  readonly version: string;
  /** VERSION_CODENAME. */
  readonly codename: string;
  /** UBUNTU_CODENAME and DEBIAN_CODENAME: what a derivative is made from. */
  readonly ubuntu: string;
  readonly debian: string;
  /** VARIANT_ID: `silverblue`, `server`. */
  readonly variant: string;
  /** NAME; PRETTY_NAME is `title`. */
  readonly name: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly title: string;
}

/** How the client came on the host, as far as files tell. */
export interface Origin {
  /** The kind of package that it is, also one that is broken. */
  readonly package?: "deb" | "rpm" | "pacman" | "apk";
  /** What is wrong with that package (`half-configured`), as an interrupted package manager leaves it. */
  readonly broken?: string;
  /** What we wrote down when we unpacked a tarball: `static tarball`, `pushed tarball`. */
  readonly record?: string;
  /** Our links in /usr/local. */
  readonly linked: boolean;
  /** A file in /usr/local that is neither ours nor a package's, and hides the package's. */
  readonly foreign?: string;
  /** Where the client of a snap is, used or not. */
  readonly snap?: string;
}

export interface HostFacts {
  readonly os: OsRelease;
  /** As `uname -s` says: `Linux`, `Darwin`. */
  readonly kernel: string;
  /** As `uname -m` says: `x86_64`. */
  readonly arch: string;
  readonly init: Init;
  /** The package managers that are there, of those we can drive: `apt`, `dnf`, `yum`, `tdnf`, `zypper`, `pacman`, `apk`. */
  readonly managers: readonly string[];
  /** Whether /dev/net/tun is there and can be opened; without it only userspace networking works. */
  readonly tun: boolean;
  /** What can download on the host: `curl`, `wget`, `apt-helper`. */
  readonly fetcher?: string;
  /** Why packages cannot be installed: an image managed by ostree, or a read-only /usr. */
  readonly immutable?: "ostree" | "read-only";
  /** What the host's clock said, and this machine's when the answer came; `clock.ts` compares them. */
  readonly clock?: { readonly there: Date; readonly here: Date };
  readonly origin: Origin;
  /** The installed client; absent when none is on PATH. */
  readonly client?: { readonly path: string; readonly version: string };
  /** The service of the host's init system; with `none` always enabled, since nothing can be. */
  readonly daemon: { readonly enabled: boolean; readonly active: boolean };
  /** Whether the client's state on the disk has a login, with which a daemon that starts brings the node up. */
  readonly storedLogin: boolean;
  /** Absent when there is no client or its daemon does not answer. */
  readonly status?: ClientStatus;
  readonly prefs?: ClientPrefs;
  /** All settings by the names of `tailscale set`, as clients from 1.100 on tell them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the node serves; absent where the client does not tell. */
  readonly serve?: ServeStatus;
  readonly forwarding: Forwarding;
  /** Absent where we do not see to it. */
  readonly udpGro?: UdpGroFacts;
  /** What we have tailscaled started with; absent where it is nothing. */
  readonly daemonSettings?: DaemonStatus;
  /** Subnet routes that other nodes serve, as far as a node that offers some itself is told. */
  readonly servedByOthers: readonly string[];
  /** What tells this machine from others. */
  readonly machine: Machine;
  /** Who holds the host; absent when nobody says so. */
  readonly mark?: Mark;
  /** The way the connection came that the probe ran on; absent where it was not SSH. */
  readonly peer?: Peer;
}

/**
 * Pure: the facts of a probe's sections, which came at the time `here`. Throws a MeshError when the output was cut or is
 * not the client's JSON.
 */
export function parseFacts(host: string, sections: Sections, here?: Date): HostFacts {
  if (!sections.has("end")) throw unreadable(host, "the output of the probe was cut short");
  const os = parseAssignments(sections.get("os") ?? "");
  const facts = parseAssignments(sections.get("facts") ?? "");
  const fact = (key: string) => shown(facts.get(key));
  const path = fact("client");
  const init = INITS.find((each) => each === facts.get("init")) ?? "none";
  const immutable = facts.get("immutable");
  return {
    os: parseOs(os, fact("kernel")),
    kernel: fact("kernel") ?? "",
    arch: fact("arch") ?? "",
    init,
    managers: words(facts.get("managers")),
    tun: facts.get("tun") === "yes",
    fetcher: fact("fetcher"),
    immutable: immutable === "ostree" || immutable === "read-only" ? immutable : undefined,
    clock: parseClock(facts.get("time"), here),
    origin: parseOrigin(facts),
    client: path === undefined ? undefined : { path, version: parseVersion(facts.get("version") ?? "") },
    daemon: {
      enabled: init === "none" || facts.get("enabled") === "enabled",
      active: facts.get("active") === "active",
    },
    storedLogin: facts.get("stored_login") === "yes",
    status: parseJson(host, statusSchema, "tailscale status --json", sections.get("status")),
    prefs: parsePrefs(host, sections),
    settings: parseObject(sections.get("settings")),
    serve: parseServe(sections.get("serve")),
    forwarding: parseForwarding(sections.get("forwarding") ?? ""),
    udpGro: parseUdpGro(sections.get("udp-gro")),
    daemonSettings: parseDaemon(sections.get("daemon-settings"), sections.get("daemon-lacks")),
    servedByOthers: words(sections.get("served")).map((route) => excerpt(route)),
    machine: parseMachine(sections.get("machine") ?? ""),
    mark: parseMark(sections.get("mark") ?? ""),
    peer: parsePeer(sections.get("peer") ?? ""),
  };
}

function parsePrefs(host: string, sections: Sections): ClientPrefs | undefined {
  const prefs = parseJson(host, prefsSchema, "tailscale debug prefs", sections.get("prefs"));
  if (prefs === undefined || prefs.AutoExitNode !== "") return prefs;
  return { ...prefs, ExitNodeNames: parseExitNode(sections.get("exit-node") ?? "") };
}

/** As errors quote it. */
const shown = (text: string | undefined) => (text === undefined ? undefined : excerpt(text));

const words = (text = "") => text.split(/\s+/).filter(Boolean);

function parseOs(os: ReadonlyMap<string, string>, kernel: string | undefined): OsRelease {
  const value = (key: string) => excerpt(os.get(key) ?? "");
  return {
    id: value("ID").toLowerCase(),
    like: words(value("ID_LIKE").toLowerCase()),
    version: value("VERSION_ID"),
    codename: value("VERSION_CODENAME"),
    ubuntu: value("UBUNTU_CODENAME"),
    debian: value("DEBIAN_CODENAME"),
    variant: value("VARIANT_ID"),
    name: value("NAME"),
    title: value("PRETTY_NAME") || value("NAME") || kernel || "unknown system",
  };
}

/** Ten digits are any time from 2001 to 2286. */
function parseClock(time: string | undefined, here: Date | undefined): HostFacts["clock"] {
  if (here === undefined || !/^\d{1,10}$/.test(time ?? "")) return undefined;
  return { there: new Date(Number(time) * 1000), here };
}

function parseOrigin(facts: ReadonlyMap<string, string>): Origin {
  const kind = facts.get("package");
  return {
    package: (["deb", "rpm", "pacman", "apk"] as const).find((each) => each === kind),
    broken: shown(facts.get("broken")),
    record: shown(facts.get("record")),
    linked: facts.has("linked"),
    foreign: shown(facts.get("foreign")),
    snap: shown(facts.get("snap")),
  };
}

/** Pure: `1.44.0-123-gabc` is 1.44.0; the empty string when it is no version. */
export function parseVersion(text: string): string {
  const version = semver.coerce(text);
  return version === null ? "" : version.version;
}
