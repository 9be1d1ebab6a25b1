/** Runs a host script and reads its facts; remembers the last facts of a connection, so that steps share one probe. */
import { MeshError, redact } from "../../errors";
import type { Session } from "../../transport";
import type { ProviderContext } from "../contract";
import { parseFacts, type HostFacts } from "./facts";
import { PROBE } from "./scripts/node";
import { parseSections } from "./sections";

/** What a script that changes the host reports: how the change went, and the facts after it. */
export interface RunReport {
  /** Exit status of the change itself. */
  readonly code: number;
  /** What the change printed, both streams; secrets are not in it. */
  readonly output: string;
  readonly facts: HostFacts;
  /** What the script printed in its section `previous`. */
  readonly previous?: string;
}

export interface RunOptions {
  readonly label: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly stdin?: string;
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}

/** A change takes at most a minute, and waits up to two for another run on the host. */
const DEFAULT_TIMEOUT_MS = 3 * 60_000;

/** Keyed by the open connection, so nothing outlives a handler call. */
const lastFacts = new WeakMap<Session, HostFacts>();

/** The host's facts: from the connection's last script, else by a probe (one exec). */
export async function readFacts(ctx: ProviderContext, host: string): Promise<HostFacts> {
  return lastFacts.get(ctx.session) ?? (await run(ctx, host, { label: "probe", script: PROBE })).facts;
}

/** Runs `script` as root on the host (one exec). Every script ends with a probe. */
export async function run(ctx: ProviderContext, host: string, options: RunOptions): Promise<RunReport> {
  const { label, script, args = [], stdin, secrets = [], timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  lastFacts.delete(ctx.session);
  const result = await ctx.session.exec(["sh", "-c", script, "pulumi-mesh", ...args], {
    label,
    stdin,
    secrets,
    asRoot: true,
    timeoutMs,
    onLine: (line) => {
      if (line.startsWith("#>")) ctx.progress(line.slice(2));
      if (line.startsWith("Waiting for cache lock")) ctx.progress("waiting for another package manager");
    },
  });
  const sections = parseSections(result.stdout);
  if (!sections.has("end")) {
    throw new MeshError({
      kind: "join-failed",
      host,
      message: `the ${label} step ended early (${result.signal ?? `exit ${result.code}`}): ${redact(lastLine(result.stderr), secrets)}`,
      remedy: "Log in to the host and see whether `sh` and `tailscale status` work there for root.",
    });
  }
  const facts = parseFacts(host, sections);
  lastFacts.set(ctx.session, facts);
  const previous = sections.get("previous") || undefined;
  return { code: Number(sections.get("code") ?? "0"), output: sections.get("run") ?? "", facts, previous };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "no output";
}
