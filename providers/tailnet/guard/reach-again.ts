/** A new connection to a host whose last one may be cut. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderContext } from "../../contract";

/** Throws host-unreachable, or what the last try threw, when no connection has come about in time. */
export async function reachAgain(ctx: ProviderContext, withinMs: number): Promise<void> {
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
