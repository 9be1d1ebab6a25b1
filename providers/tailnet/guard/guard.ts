/** Runs a step that can cut the connection it came on, so that it cannot lock anybody out. */
import { randomUUID } from "node:crypto";
import { isMeshError } from "../../../errors";
import type { ExecOptions, ExecResult } from "../../../transport";
import type { ProviderContext } from "../../contract";
import { parseSections } from "../probe/sections";
import { hostScript } from "../scripts";
import { guardErrors } from "./errors";
import { reachAgain } from "./reach-again";
import type { Guard, GuardTimes } from "./types";
import { watchUntilCut } from "./watch";

const TIMES: GuardTimes = { restoreS: 45, silenceMs: 10_000, reconnectMs: 120_000 };

/** For a step that names no time. */
const STEP_MS = 60_000;

/** To confirm takes a moment, and a minute where it waits for the end of the restoring. */
const CONFIRM_MS = 90_000;

/** A script with its arguments, and the mark by which its output is read. */
export interface GuardedScript {
  readonly script: string;
  readonly args: readonly string[];
  readonly mark: string;
}

/**
 * As an exec of `sh -c script`, with a last connection that proves that the host can still be reached: it is opened when the
 * step is known to be done, for one that is older says nothing about the change. A connection that breaks before that is
 * followed by another one, which waits for the step as the first one did.
 */
export async function runGuarded(
  ctx: ProviderContext,
  host: string,
  { script, args, mark }: GuardedScript,
  options: ExecOptions,
  guard: Guard,
  times: GuardTimes = TIMES,
): Promise<ExecResult> {
  const errors = guardErrors(host, guard);
  ctx.progress("this step can cut the connection: the host undoes it unless it can be reached after it");
  const sh = (text: string, ...rest: readonly string[]) => ["sh", "-c", text, mark, ...rest];
  const verdictOf = ({ stdout }: ExecResult) => parseSections(stdout, mark).get("guard");
  const reconnect = () =>
    reachAgain(ctx, times.reconnectMs).catch((cause: unknown) => {
      throw errors.gone(cause);
    });

  const id = randomUUID();
  const signs = { signOfLife: `#${mark}.`, silenceMs: times.silenceMs };
  const restore = guard.restore.join("\n");
  const first = sh(
    hostScript("guarded"),
    hostScript("keeper"),
    id,
    String(times.restoreS),
    restore,
    script,
    ...args,
  );
  const until = performance.now() + (options.timeoutMs ?? STEP_MS);
  let { result, heard } = await watchUntilCut(ctx, first, options, signs);
  while (result === undefined) {
    await reconnect();
    const timeoutMs = until - performance.now();
    if (timeoutMs < 0) throw errors.gone();
    const following = { ...options, timeoutMs, stdin: undefined, onSent: undefined };
    const watched = await watchUntilCut(ctx, sh(hostScript("watch"), id), following, signs);
    result = watched.result;
    if (result !== undefined && verdictOf(result) === "lost" && !heard) throw errors.neverBegun();
    heard ||= watched.heard;
  }
  if (verdictOf(result) !== "done") throw errors.notDone(verdictOf(result), result);

  await reconnect();
  const { secrets, asRoot } = options;
  const confirmed = await ctx.session
    .exec(sh(hostScript("confirm"), id), { label: "confirm", secrets, asRoot, timeoutMs: CONFIRM_MS })
    .catch((cause: unknown) => {
      throw isMeshError(cause, "host-unreachable") || isMeshError(cause, "timed-out")
        ? errors.unconfirmed(cause)
        : cause;
    });
  const verdict = verdictOf(confirmed);
  if (verdict === "kept") return confirmed;
  throw errors.notKept(verdict);
}
