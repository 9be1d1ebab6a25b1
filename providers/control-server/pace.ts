/**
 * Bounds how many calls of an API are under way, and keeps its word on `Retry-After` for all hosts: what one call is told holds for
 * the next ones, too.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Turnstile } from "../../transport/turnstile";

const AT_ONCE = 8;

interface Lane {
  readonly turnstile: Turnstile;
  /** No call before this, as `performance.now()`. */
  pausedUntil: number;
}

const lanes = new Map<string, Lane>();

/** Makes a call to `server` when it is its turn. Rejects with the signal's reason when it is aborted before. */
export async function inTurn<T>(server: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  const lane = laneOf(server);
  signal.throwIfAborted();
  return lane.turnstile.pass(signal, async () => {
    for (let pause = pauseOf(lane); pause > 0; pause = pauseOf(lane))
      await sleep(pause, undefined, { signal });
    return call();
  });
}

/** Nobody calls for so many milliseconds. */
export function pauseAll(server: string, milliseconds: number): void {
  const lane = laneOf(server);
  lane.pausedUntil = Math.max(lane.pausedUntil, performance.now() + milliseconds);
}

function laneOf(server: string): Lane {
  const lane = lanes.get(server) ?? { turnstile: new Turnstile(AT_ONCE), pausedUntil: 0 };
  lanes.set(server, lane);
  return lane;
}

const pauseOf = ({ pausedUntil }: Lane): number => Math.ceil(pausedUntil - performance.now());
