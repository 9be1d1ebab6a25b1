/** Follows a step on a host over a connection that the step itself may cut. */
import { setTimeout as sleep } from "node:timers/promises";
import { isMeshError } from "../../../errors";
import type { ExecOptions, ExecResult } from "../../../transport";
import type { ProviderContext } from "../../contract";

export interface Watched {
  /** How the script ended; absent when the connection was cut before that, or says nothing any more. */
  readonly result?: ExecResult;
  /** Whether anything came from the script: it had begun. */
  readonly heard: boolean;
}

/** Runs `argv`, which prints `signOfLife` each second; after `silenceMs` without a line the connection counts as cut. */
export async function watchUntilCut(
  ctx: ProviderContext,
  argv: readonly string[],
  options: ExecOptions,
  { signOfLife, silenceMs }: { readonly signOfLife: string; readonly silenceMs: number },
): Promise<Watched> {
  let heard = false;
  let lastSign = performance.now();
  const onLine = (line: string) => {
    heard = true;
    lastSign = performance.now();
    if (line !== signOfLife) options.onLine?.(line);
  };
  let ended = false;
  const work = ctx.session
    .exec(argv, { ...options, onLine })
    .catch((error: unknown) => {
      if (!isMeshError(error, "host-unreachable")) throw error;
      return undefined;
    })
    .finally(() => (ended = true));
  work.catch(() => undefined); // Once the connection counts as cut, nobody waits for it any more.
  while (!ended && performance.now() - lastSign < silenceMs) await Promise.race([work, sleep(250)]);
  return ended ? { result: await work, heard } : { heard };
}
