/** Ensures that the client is installed, on PATH, new enough, and that its daemon is enabled and runs. */
import semver from "semver";
import { MeshError } from "../../../errors";
import type { ProviderContext } from "../../contract";
import type { ClientConfig } from "../config";
import type { HostFacts } from "../facts";
import { readFacts, run } from "../run";
import { START_DAEMON } from "../scripts/daemon";
import { apt } from "./apt";
import type { InstallWay } from "./way";

/** In the order in which they are tried; another way is added here. */
const WAYS: readonly InstallWay[] = [apt];

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** One probe when all is well; else one exec more, which installs or starts the daemon and probes again. */
export async function ensureClient(
  ctx: ProviderContext,
  host: string,
  install: ClientConfig["install"],
): Promise<void> {
  const before = await readFacts(ctx, host);
  const missing = whatIsMissing(before, install.min_version);
  if (missing === undefined) return;
  if (install.method === "skip") throw skipped(host, missing.text);

  const after =
    missing.what === "daemon" ? await startDaemon(ctx, host, before) : await installClient(ctx, host, before);
  const still = whatIsMissing(after, install.min_version);
  if (still !== undefined) throw failed(host, `after the installation, ${still.text}`);
}

/** Pure: the first thing that is not as it has to be. */
export function whatIsMissing(
  { client, daemon, status }: Pick<HostFacts, "client" | "daemon" | "status">,
  minimum: string | undefined,
): { readonly what: "client" | "daemon"; readonly text: string } | undefined {
  if (client === undefined) return { what: "client", text: "the tailscale client is not on PATH" };
  if (minimum !== undefined && (client.version === "" || semver.lt(client.version, minimum))) {
    return {
      what: "client",
      text: `the client's version is ${client.version || "unknown"}, below install.min_version ${minimum}`,
    };
  }
  if (!daemon.active || status === undefined) return { what: "daemon", text: "tailscaled is not running" };
  if (hasNoState(status))
    return { what: "daemon", text: "tailscaled could not open its state (is the disk full?)" };
  if (!daemon.enabled) return { what: "daemon", text: "tailscaled is not enabled at boot" };
  return undefined;
}

/** As after a full disk: the daemon answers, but stays useless until it is restarted. */
function hasNoState(status: HostFacts["status"]): boolean {
  return status?.Health?.some((message) => /state store/i.test(message)) ?? false;
}

async function installClient(ctx: ProviderContext, host: string, facts: HostFacts): Promise<HostFacts> {
  for (const way of WAYS) {
    const step = way.plan(facts);
    if (step === undefined) continue;
    const {
      code,
      output,
      facts: after,
    } = await run(ctx, host, { label: "install", timeoutMs: INSTALL_TIMEOUT_MS, ...step });
    if (code !== 0) throw failed(host, `the ${way.name} did not install it: ${lastLines(output)}`);
    return after;
  }
  throw new MeshError({
    kind: "unsupported-os",
    host,
    message: `no way to install the client on ${facts.os.name} (${facts.arch}${facts.systemd ? "" : ", without systemd"})`,
    remedy: "Install tailscale on the host yourself and set install.method to skip.",
  });
}

async function startDaemon(ctx: ProviderContext, host: string, facts: HostFacts): Promise<HostFacts> {
  if (!facts.systemd)
    throw failed(host, "tailscaled does not run and the host has no systemd to start it with");
  ctx.progress("starting tailscaled");
  const args = [hasNoState(facts.status) ? "restart" : "start"];
  const {
    code,
    output,
    facts: after,
  } = await run(ctx, host, { label: "start-daemon", script: START_DAEMON, args });
  if (code !== 0) throw failed(host, `tailscaled could not be started: ${lastLines(output)}`);
  return after;
}

function skipped(host: string, text: string): MeshError {
  return new MeshError({
    kind: "install-failed",
    host,
    message: `${text}, and install.method is skip`,
    remedy: "Install and start the client on the host, or set install.method to auto.",
  });
}

function failed(host: string, message: string): MeshError {
  return new MeshError({
    kind: "install-failed",
    host,
    message,
    remedy: "Repair what it says on the host, then run `pulumi up` again: it goes on from here.",
  });
}

function lastLines(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => /^(E:|W:|dpkg: error|Failed|Err:)/.test(line));
  return (errors.length > 0 ? errors : lines.filter(Boolean)).slice(-4).join("; ").slice(0, 600);
}
