/** Runs a step that can cut the connection it came on, so that it cannot lock anybody out. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isMeshError, MeshError } from "../../../errors";
import type { ExecOptions, ExecResult } from "../../../transport";
import type { ProviderContext } from "../../contract";
import { parseSections } from "../probe/sections";
import { CONFIRM, GUARDED, KEEPER } from "../scripts/guard";

/** What the host goes back to by itself, unless it can be reached again. */
export interface Guard {
  /** The step, as a user would write it (`tailscale set --shields-up=true`). */
  readonly change: string;
  /** Arguments of `tailscale set` that bring the former settings back; a profile that was left is returned to in any case. */
  readonly restore: readonly string[];
  /** Whether the step can cut every connection, not only one that rides the mesh. Default false. */
  readonly reroutes?: boolean;
}

export interface GuardTimes {
  /** Seconds after the step until the host restores its settings. */
  readonly restoreS: number;
  /** Milliseconds without a sign of life (one comes every second) after which the connection counts as cut. */
  readonly silenceMs: number;
  /** Milliseconds in which a connection must come about again, the restoring included. */
  readonly reconnectMs: number;
}

/** Milliseconds in which a host answers that still can. */
const KNOCKING_MS = 30_000;

const REMEDY =
  "Set the host's connection to an address outside the mesh, or leave this setting as it was; then run `pulumi up` again.";

/** An answer takes the new way, and not the one that the question came. */
const REROUTED_REMEDY =
  "Set the host's connection to its address in the mesh, keep its local network reachable (flag exit-node-allow-lan-access), or leave this setting as it was; then run `pulumi up` again.";

const TIMES: GuardTimes = { restoreS: 45, silenceMs: 10_000, reconnectMs: 120_000 };

/** As an exec of `sh -c script`, with a second connection that proves that the host can still be reached. */
export async function runGuarded(
  ctx: ProviderContext,
  host: string,
  { script, args }: { readonly script: string; readonly args: readonly string[] },
  options: ExecOptions,
  guard: Guard,
  times: GuardTimes = TIMES,
): Promise<ExecResult> {
  const id = randomUUID();
  ctx.progress("this step can cut the connection: the host undoes it unless it can be reached after it");
  const remedy = guard.reroutes === true ? REROUTED_REMEDY : REMEDY;
  const argv = [KEEPER, id, String(times.restoreS), guard.restore.join("\n"), script, ...args];
  await untilCut(ctx, ["sh", "-c", GUARDED, "pulumi-mesh", ...argv], options, times.silenceMs);
  await reconnect(ctx, times.reconnectMs).catch((cause: unknown) => {
    throw new MeshError({
      kind: "host-unreachable",
      host,
      message: `the connection was lost after ${guard.change} and did not come about again; the host restores its former settings by itself`,
      remedy: `Run \`pulumi up\` again in a minute. ${remedy}`,
      cause,
    });
  });
  const result = await ctx.session.exec(["sh", "-c", CONFIRM, "pulumi-mesh", id], {
    ...options,
    label: "confirm",
    stdin: undefined,
  });
  const verdict = parseSections(result.stdout).get("guard");
  if (verdict === "kept") return result;
  throw new MeshError({
    kind: "would-lock-out",
    host,
    message:
      verdict === "restored"
        ? `after ${guard.change} the host could not be reached any more, and has restored its former settings`
        : `after ${guard.change} the host was gone, and does not say what became of it (was it restarted?)`,
    remedy,
  });
}

/** For a change at the control server: unless a new connection comes about after `settled`, it is taken back there. */
export async function mustStayReachable<T>(
  ctx: ProviderContext,
  host: string,
  settled: () => Promise<T>,
  { change, undo }: { readonly change: string; readonly undo: () => Promise<void> },
): Promise<T> {
  try {
    const result = await settled();
    await reconnect(ctx, KNOCKING_MS);
    return result;
  } catch (error) {
    if (!isMeshError(error, "host-unreachable") && !isMeshError(error, "timed-out")) throw error;
    ctx.progress(`taking back: ${change}`);
    await undo();
    throw new MeshError({
      kind: "would-lock-out",
      host,
      message: `after ${change} the host could not be reached any more; that was taken back at the control server`,
      remedy: REMEDY,
      cause: error,
    });
  }
}

/** Ends when the step is done, or when nothing comes from the host any more. */
async function untilCut(
  ctx: ProviderContext,
  argv: readonly string[],
  options: ExecOptions,
  silenceMs: number,
): Promise<void> {
  let lastSign = performance.now();
  const onLine = (line: string) => {
    lastSign = performance.now();
    if (line !== "#.") options.onLine?.(line);
  };
  let ended = false;
  const work = ctx.session.exec(argv, { ...options, onLine }).then(
    () => (ended = true),
    (error: unknown) => {
      ended = true;
      if (!isMeshError(error, "host-unreachable")) throw error;
    },
  );
  work.catch(() => undefined); // Once the connection counts as cut, nobody waits for it any more.
  while (!ended && performance.now() - lastSign < silenceMs) await Promise.race([work, sleep(250)]);
  if (ended) await work;
}

/** Throws host-unreachable, or what the last try threw, when no connection has come about in time. */
async function reconnect(ctx: ProviderContext, withinMs: number): Promise<void> {
  ctx.progress("connecting again");
  // Ended once the connection is there: a session's signal would end its commands, too.
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), withinMs);
  const signal = AbortSignal.any([ctx.signal, giveUp.signal]);
  for (;;) {
    try {
      await ctx.session.reconnect({ signal });
      clearTimeout(timer);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(1000);
    }
  }
}
