/** Pure: what keeps a host's client from being as configured. */
import semver from "semver";
import type { HostFacts } from "../probe/facts";
import type { InstallSettings } from "./way";

export interface Missing {
  /** What has to be mended: the installation, or only the daemon. */
  readonly what: "client" | "daemon";
  /** A sentence without a full stop. */
  readonly text: string;
}

type Facts = Pick<HostFacts, "client" | "daemon" | "status" | "origin">;
type Wanted = Pick<InstallSettings, "method" | "version" | "min_version">;

/** The first thing that is not as it has to be. */
export function whatIsMissing(facts: Facts, wanted: Wanted): Missing | undefined {
  const client = clientMissing(facts, wanted);
  if (client !== undefined) return { what: "client", text: client };
  const daemon = daemonMissing(facts);
  return daemon === undefined ? undefined : { what: "daemon", text: daemon };
}

function clientMissing(
  { client, origin }: Facts,
  { method, version, min_version }: Wanted,
): string | undefined {
  const broken = `the tailscale package is ${origin.broken}: an installation was interrupted`;
  if (client === undefined)
    return origin.broken === undefined ? "the tailscale client is not on PATH" : broken;
  // What follows is about the package, and `skip` does not ask where the client comes from.
  if (method !== "skip" && origin.broken !== undefined) return broken;
  if (method !== "skip" && origin.package !== undefined && (origin.linked || origin.foreign !== undefined))
    return `${origin.foreign ?? client.path} hides the client of the tailscale package`;
  if (client.version === "") return `${client.path} does not run`;
  if (method === "repository" && origin.linked)
    return "the client is our tarball, install.method is repository";
  const found = `the client's version is ${client.version}`;
  if (version !== undefined && client.version !== version) return `${found}, install.version is ${version}`;
  if (min_version !== undefined && semver.lt(client.version, min_version))
    return `${found}, below install.min_version ${min_version}`;
  return undefined;
}

function daemonMissing({ daemon, status }: Facts): string | undefined {
  if (!daemon.active || status === undefined) return "tailscaled is not running";
  if (hasNoState(status)) return "tailscaled could not open its state (is the disk full?)";
  return daemon.enabled ? undefined : "tailscaled is not enabled at boot";
}

/** As after a full disk: the daemon answers, but stays useless until it is restarted. */
export function hasNoState(status: HostFacts["status"]): boolean {
  return status?.Health?.some((message) => /state store/i.test(message)) ?? false;
}
