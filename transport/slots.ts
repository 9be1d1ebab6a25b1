/** Bounds how many connections one process holds open at once: as many as do no harm, see `adaptive.ts`. */
import { AdaptiveLimit } from "./adaptive";
import { mostConnections } from "./most-connections";
import { Row } from "./row";
import type { Environment } from "./types";

/** Open connections at the start, a jump host and its target counting as one. Pulumi runs all handlers of a stack in one process. */
export const FIRST_CONNECTIONS = 16;
/** Connections through one jump host at once: each costs a process there. */
export const MOST_THROUGH_ONE = 64;
/** Milliseconds between two looks whether there is room for more. */
const PACE = 25;

export interface SlotOptions {
  /** The jump host on the way (`10.0.0.1:22`), where there is one. */
  readonly through?: string;
  readonly signal?: AbortSignal;
  readonly env?: Environment;
  /** Called when there is none free. */
  readonly onWait?: () => void;
}

// Not p-limit: it is ESM-only, which tsc refuses to import from this CommonJS package (TS1479), and it bounds running
// functions, while a slot here is held by an object that its owner closes.
let shared: AdaptiveLimit | undefined;
let taken = 0;
const takenThrough = new Map<string | undefined, number>();
const waiting = new Row<string | undefined>();
let pacer: NodeJS.Timeout | undefined;

/** What is learned of handshakes; made by the first one who asks. */
export function limitOf(env: Environment = process.env): AdaptiveLimit {
  return (shared ??= new AdaptiveLimit(FIRST_CONNECTIONS, mostConnections(env)));
}

/**
 * Waits for a slot; the result gives it back, once. Rejects with the signal's reason when aborted while waiting, and with
 * invalid-config when the environment's bound is no number.
 */
export async function takeSlot({ through, signal, env, onWait }: SlotOptions = {}): Promise<() => void> {
  signal?.throwIfAborted();
  limitOf(env);
  if (!take(through)) {
    onWait?.();
    pace();
    await waiting.join(through, signal);
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    count(through, -1);
    waiting.admit(take);
  };
}

/** Takes a slot if there is room for one. */
function take(through: string | undefined): boolean {
  const ofWay = through === undefined ? 0 : (takenThrough.get(through) ?? 0);
  if (taken >= limitOf().value || ofWay >= MOST_THROUGH_ONE) return false;
  count(through, 1);
  return true;
}

function count(through: string | undefined, by: number): void {
  taken += by;
  takenThrough.set(through, (takenThrough.get(through) ?? 0) + by);
}

/** While some wait, the bound grows with each look at which this process has time for more. */
function pace(): void {
  if (pacer !== undefined) return;
  const before = performance.eventLoopUtilization();
  pacer = setTimeout(() => {
    pacer = undefined;
    if (waiting.length === 0) return;
    limitOf().grow(performance.eventLoopUtilization(before).utilization);
    waiting.admit(take);
    pace();
  }, PACE);
}
