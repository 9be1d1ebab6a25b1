/** What a probe told of a host, as typed facts. */
import { z } from "zod";
import semver from "semver";
import { MeshError } from "../../errors";
import { parseAssignments, type Sections } from "./sections";

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** The part of `tailscale status --json` that we read; other keys are ignored, so a newer client does no harm. */
const statusSchema = z.object({
  BackendState: z.string(),
  Health: nullish(z.array(z.string())),
  CurrentTailnet: nullish(z.object({ Name: nullish(z.string()), MagicDNSSuffix: nullish(z.string()) })),
  Self: nullish(
    z.object({
      ID: nullish(z.string()),
      HostName: nullish(z.string()),
      DNSName: nullish(z.string()),
      TailscaleIPs: nullish(z.array(z.string())),
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
  AdvertiseTags: nullish(z.array(z.string())),
  RouteAll: z.boolean().default(false),
  CorpDNS: z.boolean().default(true),
  ShieldsUp: z.boolean().default(false),
  RunSSH: z.boolean().default(false),
  RunWebClient: z.boolean().default(false),
  OperatorUser: z.string().default(""),
  AdvertiseRoutes: nullish(z.array(z.string())),
  AppConnector: nullish(z.object({ Advertise: z.boolean().default(false) })),
  ExitNodeID: z.string().default(""),
  ExitNodeIP: z.string().default(""),
  ExitNodeAllowLANAccess: z.boolean().default(false),
  NoSNAT: z.boolean().default(false),
  NoStatefulFiltering: nullish(z.union([z.boolean(), z.string()])),
  NetfilterMode: z.number().default(2),
  PostureChecking: z.boolean().default(false),
});
export type ClientPrefs = z.output<typeof prefsSchema>;

export interface HostFacts {
  readonly os: {
    readonly id: string;
    readonly like: readonly string[];
    readonly codename: string;
    readonly name: string;
  };
  readonly kernel: string;
  readonly arch: string;
  readonly systemd: boolean;
  /** The package manager that the host has, of those we can drive. */
  readonly packages: "apt" | undefined;
  /** The installed client; absent when none is on PATH. */
  readonly client?: { readonly path: string; readonly version: string };
  readonly daemon: { readonly enabled: boolean; readonly active: boolean };
  /** Absent when there is no client or its daemon does not answer. */
  readonly status?: ClientStatus;
  readonly prefs?: ClientPrefs;
}

/** Pure: the facts of a probe's sections. Throws a MeshError when the output was cut or is not the client's JSON. */
export function parseFacts(host: string, sections: Sections): HostFacts {
  if (!sections.has("end")) throw unreadable(host, "the output of the probe was cut short");
  const os = parseAssignments(sections.get("os") ?? "");
  const facts = parseAssignments(sections.get("facts") ?? "");
  const path = facts.get("client");
  return {
    os: {
      id: os.get("ID") ?? "",
      like: (os.get("ID_LIKE") ?? "").split(/\s+/).filter(Boolean),
      codename: os.get("VERSION_CODENAME") ?? os.get("UBUNTU_CODENAME") ?? "",
      name: os.get("PRETTY_NAME") ?? facts.get("kernel") ?? "unknown system",
    },
    kernel: facts.get("kernel") ?? "",
    arch: facts.get("arch") ?? "",
    systemd: facts.get("init") === "systemd",
    packages: facts.get("packages") === "apt" ? "apt" : undefined,
    client: path === undefined ? undefined : { path, version: parseVersion(facts.get("version") ?? "") },
    daemon: { enabled: facts.get("enabled") === "enabled", active: facts.get("active") === "active" },
    status: parseJson(host, statusSchema, sections.get("status")),
    prefs: parseJson(host, prefsSchema, sections.get("prefs")),
  };
}

/** Pure: `1.44.0-123-gabc` is 1.44.0; the empty string when it is no version. */
export function parseVersion(text: string): string {
  const version = semver.coerce(text);
  return version === null ? "" : version.version;
}

function parseJson<T>(host: string, schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined || text === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(host, "the client printed something that is not JSON", cause);
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw unreadable(host, "the client's JSON does not have the expected shape", result.error);
  return result.data;
}

function unreadable(host: string, message: string, cause?: unknown): MeshError {
  return new MeshError({
    kind: "join-failed",
    host,
    message,
    remedy:
      "Run `tailscale status --json` on the host and look at what it prints; `tailscale` older than 1.50 is not supported.",
    cause,
  });
}
