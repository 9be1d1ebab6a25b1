/** Runs a host script and reads its facts; remembers the last facts of a connection, so that steps share one probe. */
import { MeshError } from "../../errors";
import { excerpt } from "../../excerpt";
import type { Session } from "../../transport";
import type { ProviderContext } from "../contract";
import { clockWarning } from "./probe/clock";
import { parseFacts, type HostFacts } from "./probe/facts";
import type { Peer } from "./probe/peer";
import { runGuarded } from "./guard/guard";
import type { Guard } from "./guard/types";
import { ridesMesh } from "./guard/rides-mesh";
import { hostScript } from "./scripts";
import { LOCK_WAIT_S } from "./scripts/constants";
import { newMark, parseSections, progressOf, withoutMark, type Sections } from "./probe/sections";

/** What a script that changes the host reports: how the change went, and the facts after it. */
export interface RunReport {
  /** Exit status of the change itself. */
  readonly code: number;
  /** What the change printed, both streams; secrets are not in it. */
  readonly output: string;
  readonly facts: HostFacts;
  /** All of its sections, for one that has more to tell. */
  readonly sections: Sections;
}

export interface RunOptions {
  readonly label: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly stdin?: string | Uint8Array;
  /** Bytes of `stdin` that were sent, of how many. */
  readonly onSent?: (sent: number, total: number) => void;
  readonly secrets?: readonly string[];
  /** Milliseconds for the work itself, without the wait for another run on the host; default 90 s. */
  readonly timeoutMs?: number;
  /** The script tells only what it is about, and ends with no probe: all else is as it was read before. Default false. */
  readonly partial?: boolean;
  /** The script changes nothing, and waits for no other run. Default false. */
  readonly readOnly?: boolean;
  /** For a step that can cut the connection: one that rides the mesh, or any. */
  readonly guard?: Guard;
}

/** A change takes at most a minute, and the probe after it a moment. */
const DEFAULT_TIMEOUT_MS = 90_000;

interface Reading {
  readonly facts: HostFacts;
  readonly sections: Sections;
  readonly at: Date;
}

/** Keyed by the open connection, so nothing outlives a handler call. */
const lastReading = new WeakMap<Session, Reading>();

/**
 * The host's facts: from the connection's last script, else by a probe (one exec; a second one just after a boot), which tells
 * what the node serves only where that is asked for: it costs a tenth of the probe.
 */
export async function readFacts(ctx: ProviderContext, host: string, readServe = false): Promise<HostFacts> {
  const known = lastReading.get(ctx.session);
  if (known !== undefined) return known.facts;
  const { facts } = await run(ctx, host, probeOptions(readServe));
  const warning = clockWarning(host, facts);
  if (warning !== undefined) ctx.warn(warning);
  // A daemon that has just started does not know yet that it has a login: nobody shall take it for a new one.
  if (facts.status?.BackendState !== "NoState") return facts;
  return (await run(ctx, host, { label: "await-daemon", script: hostScript("await-daemon"), readOnly: true }))
    .facts;
}

/** A probe, for `run`. */
export function probeOptions(readServe: boolean): RunOptions {
  return { label: "probe", script: hostScript("probe"), args: readServe ? ["serve"] : [], readOnly: true };
}

/** Runs `script` as root on the host (one exec). It ends with a probe, unless it is `partial`. */
export async function run(ctx: ProviderContext, host: string, options: RunOptions): Promise<RunReport> {
  const { label, script, args = [], stdin, onSent, secrets = [] } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, partial = false, readOnly = false, guard } = options;
  if (partial) await readFacts(ctx, host);
  const reading = lastReading.get(ctx.session);
  const before = reading?.facts;
  const riding = before !== undefined && ridesMesh(before);
  const guarded = guard !== undefined && (riding || (guard.reroutes === true && before?.peer !== undefined));
  lastReading.delete(ctx.session);
  const mark = newMark();
  let waiting = false;
  const exec = {
    label,
    stdin,
    onSent,
    secrets,
    asRoot: true,
    timeoutMs: timeoutMs + (readOnly ? 0 : LOCK_WAIT_S * 1000),
    onLine: (line: string) => {
      const progress = progressOf(line, mark);
      if (progress !== undefined) ctx.progress(excerpt(progress));
      if (!waiting && /^(Waiting for (cache lock|process with pid)|System management is locked)/.test(line)) {
        waiting = true; // apt says so each second
        ctx.progress("waiting for another package manager");
      }
    },
  };
  const result = guarded
    ? await runGuarded(ctx, host, { script, args, mark }, exec, guard)
    : await ctx.session.exec(["sh", "-c", script, mark, ...args], exec);
  const sections = parseSections(result.stdout, mark);
  if (sections.has("locked")) throw heldByAnother(host);
  if (sections.has("unsafe")) throw notOurs(host, sections.get("unsafe") ?? "");
  if (!sections.has("end")) {
    throw new MeshError({
      kind: "join-failed",
      host,
      message: `the ${label} step ended early (${result.signal ?? `exit ${result.code}`}): ${excerpt(withoutMark(result.stderr, mark), { from: "end", secrets }) || "no output"}`,
      remedy: "Log in to the host and see whether `sh` and `tailscale status` work there for root.",
    });
  }
  const all = partial ? new Map([...(reading?.sections ?? []), ...sections]) : sections;
  const at = partial ? (reading?.at ?? new Date()) : new Date();
  const read = parseFacts(host, all, at);
  const facts = {
    ...read,
    machine: { ...read.machine, hostKey: ctx.session.hostKey },
    ...(riding || partial
      ? { peer: before?.peer }
      : guarded
        ? { peer: peerAfter(ctx.session, before?.peer) }
        : {}),
  };
  lastReading.set(ctx.session, { facts, sections: all, at });
  return { code: Number(sections.get("code") ?? "0"), output: sections.get("run") ?? "", facts, sections };
}

/** What a guarded step prints was not asked over this connection, which may have come about in the mesh where the former one did not. */
function peerAfter({ meshAddress }: Session, before: Peer | undefined): Peer | undefined {
  return meshAddress === undefined ? before : { ssh: "sshd", client: "", server: meshAddress };
}

function notOurs(host: string, folder: string): MeshError {
  return new MeshError({
    kind: "not-permitted",
    host,
    message: `${excerpt(folder)} is not a folder of root's alone, so that anybody could hold up every run on this host`,
    remedy: "See who made it, remove it from the host, then run again.",
  });
}

function heldByAnother(host: string): MeshError {
  return new MeshError({
    kind: "timed-out",
    host,
    message: `another run has been changing this host for ${LOCK_WAIT_S / 60} minutes`,
    remedy: "Wait until the other run has ended, then run `pulumi up` again.",
  });
}
