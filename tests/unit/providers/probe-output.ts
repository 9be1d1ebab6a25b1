/** Probe output as hosts print it, with parts replaced. */

export interface ProbeParts {
  readonly backendState?: string;
  readonly tags?: readonly string[];
  readonly dnsName?: string;
  readonly suffix?: string;
  readonly health?: readonly string[];
  readonly prefs?: Readonly<Record<string, unknown>>;
  readonly version?: string;
  readonly enabled?: string;
  readonly active?: string;
  readonly run?: { readonly code: number; readonly output: string };
  /** Leaves out client, status and prefs. */
  readonly withoutClient?: boolean;
}

export function probeOutput(parts: ProbeParts = {}): string {
  const {
    backendState = "Running",
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
    Health: health,
    CurrentTailnet: loggedIn ? { Name: "demo.mesh", MagicDNSSuffix: suffix, MagicDNSEnabled: true } : null,
    Self: loggedIn
      ? {
          ID: "7",
          HostName: "web-1",
          DNSName: dnsName,
          TailscaleIPs: ["100.64.0.1", "fd7a:115c:a1e0::1"],
          Tags: tags,
          Online: true,
        }
      : { ID: "", HostName: "web-1", DNSName: "", TailscaleIPs: null },
  };
  const control = loggedIn
    ? { ControlURL: "https://headscale.demo.lab", Hostname: "web-1" }
    : { ControlURL: "", Hostname: "" };
  const client = [
    "client=/usr/bin/tailscale",
    `version=${parts.version ?? "1.102.0"}`,
    `enabled=${parts.enabled ?? "enabled"}`,
    `active=${parts.active ?? "active"}`,
    "",
    "#:status",
    JSON.stringify(status, undefined, "\t"),
    "",
    "#:prefs",
    JSON.stringify(
      { ...control, RouteAll: false, CorpDNS: true, NetfilterMode: 2, ...prefs },
      undefined,
      "\t",
    ),
  ];
  return [
    ...(run === undefined ? [] : ["", "#:run", run.output, "", "#:code", run.code]),
    "",
    "#:os",
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
    "ID=debian",
    "VERSION_CODENAME=bookworm",
    "",
    "#:facts",
    "kernel=Linux",
    "arch=x86_64",
    "init=systemd",
    "packages=apt",
    ...(parts.withoutClient === true ? [] : client),
    "",
    "#:end",
    "",
  ].join("\n");
}
