/**
 * Bounds how many logins are under way at one SSH server: beyond its `MaxStartups` (10 by default) it drops connections at
 * random, and a jump host sees one login for each host behind it.
 */
import { DialFailure, inSeconds, WAIT } from "./dial-failure";
import type { Turn } from "./retry";
import { limitOf } from "./slots";
import { Turnstile } from "./turnstile";

const AT_ONCE = 8;
/** Logins in a row without a drop after which the server may have room for one more. */
const GROWS_AFTER = 32;
/** Milliseconds: all who can wait at a time have had their turn long before, where logins end at all. */
const LONGEST_WAIT = 300_000;

export interface TurnOptions {
  readonly signal?: AbortSignal;
  /** A session that connects again waits for nobody: its host may undo a change that nobody confirms in time. */
  readonly again?: boolean;
  /** Called when others are before this one. */
  readonly onWait?: () => void;
  /** Milliseconds to wait for the turn. */
  readonly longestMs?: number;
}

/** One server: fewer logins at once when it has dropped some, slowly more again when it drops none. */
class Gate {
  readonly turnstile = new Turnstile(AT_ONCE);
  #inARow = 0;
  #cutAt = -Infinity;

  get isUnused(): boolean {
    return this.turnstile.isEmpty && this.turnstile.most === AT_ONCE;
  }

  passed(): void {
    if (++this.#inARow < GROWS_AFTER) return;
    this.#inARow = 0;
    this.turnstile.most = Math.min(AT_ONCE, this.turnstile.most + 1);
  }

  /** A login that began at `start` was dropped. What began before the last cut says nothing of what came of it. */
  dropped(start: number): void {
    this.#inARow = 0;
    if (start < this.#cutAt) return;
    this.#cutAt = performance.now();
    this.turnstile.most = Math.max(1, this.turnstile.most >> 1);
  }
}

const gates = new Map<string, Gate>();

/**
 * Runs a dial when the server (`10.0.0.1:22`) has room for its login, and learns from how it goes. Rejects with the signal's
 * reason when it is aborted before, and with a DialFailure when its turn does not come.
 */
export async function inTurn<T>(
  server: string,
  { signal, again, onWait, longestMs = LONGEST_WAIT }: TurnOptions,
  dial: () => Promise<T>,
): Promise<T> {
  const gate = gates.get(server) ?? new Gate();
  gates.set(server, gate);
  const late = AbortSignal.timeout(longestMs);
  let began = false;
  const work = () => {
    began = true;
    return learnFrom(gate, dial);
  };
  try {
    const given = signal === undefined ? late : AbortSignal.any([signal, late]);
    return await gate.turnstile.pass(given, work, { ahead: again, onWait });
  } catch (error) {
    if (began || signal?.aborted) throw error;
    throw noTurn(server, longestMs);
  } finally {
    if (gate.isUnused) gates.delete(server);
  }
}

/** The turn of one host's dials at the server. */
export function turnAt(
  server: string,
  { progress, ...options }: TurnOptions & { readonly progress: (message: string) => void },
): Turn {
  const onWait = () => progress(`waiting for a turn to log in at ${server}`);
  return (dial) => inTurn(server, { ...options, onWait }, dial);
}

async function learnFrom<T>(gate: Gate, dial: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    const dialled = await dial();
    limitOf().succeeded(performance.now() - start);
    gate.passed();
    return dialled;
  } catch (error) {
    if (error instanceof DialFailure && error.crowded) {
      gate.dropped(start);
      limitOf().failed();
    }
    throw error;
  }
}

function noTurn(server: string, longestMs: number): DialFailure {
  const remedy = `${WAIT} Other logins there are under way for as long as their perDialTimeout allows.`;
  return new DialFailure(
    { kind: "host-unreachable", remedy },
    `others' logins at ${server} left it no turn within ${inSeconds(longestMs)} s`,
    false,
  );
}
