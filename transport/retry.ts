/** Dials again while that can heal, with growing pauses, until its time is up. */
import { setTimeout as delay } from "node:timers/promises";
import { DialFailure } from "./dial-failure";
import type { Patience } from "./patience";
import type { ConnectOptions } from "./types";

/** Milliseconds before the second dial; doubled for each further one, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Milliseconds that a dial must have left to be worth it. */
const SHORTEST_DIAL = 1_000;

export interface RetryOptions {
  readonly patience: Patience;
  /** What is being done, for progress. */
  readonly what: string;
  readonly progress: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Waits so many milliseconds between two dials. Default: and does nothing else. */
  readonly rest?: Rest;
}

/** The options of `connect`, and of one way to a host. */
export interface DialOptions extends ConnectOptions, Pick<RetryOptions, "rest"> {
  /** Dialled in place of the connection's host, without its jump host; the host key is still that of the connection. */
  readonly at?: string;
}

export type Rest = (milliseconds: number) => Promise<void>;

/**
 * Calls `dialOnce`, with its milliseconds (0: no limit), until it succeeds, fails with what does not heal, or patience is at
 * its end. Short pauses first: a host that comes up is met within a second (pulumi-command#1238).
 */
export async function retryDial<T>(
  dialOnce: (timeoutMs: number) => Promise<T>,
  { patience, what, progress, signal, rest = (pause) => delay(pause, undefined, { signal }) }: RetryOptions,
): Promise<T> {
  const { dialMs, totalMs, failures: allowed, setting } = patience;
  const start = performance.now();
  const left = () => start + totalMs - performance.now();
  progress(what);
  for (let failures = 1; ; failures++) {
    try {
      return await dialOnce(limitedBy(dialMs, Math.max(left(), SHORTEST_DIAL)));
    } catch (error) {
      if (!(error instanceof DialFailure)) throw error;
      if (!error.heals || allowed === 0) throw error;
      if (failures > allowed) throw afterAttempts(error, `${failures} attempts`, setting);
      const pause = pauseAfter(failures);
      if (left() < pause + SHORTEST_DIAL)
        throw afterAttempts(error, `${countOf(failures)} in ${totalMs / 1000} s`, setting);
      await rest(pause);
      const more = totalMs === Infinity ? "" : `; up to ${Math.ceil(left() / 1000)} s more`;
      // The number first: a narrow terminal cuts the end off.
      progress(`attempt ${failures + 1}, ${what}: ${error.reason}${more}`);
    }
  }
}

/** Pure: milliseconds to wait after so many failures. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
}

/** Pure: whole milliseconds; 0 is no limit. */
function limitedBy(dialMs: number, leftMs: number): number {
  const limit = Math.min(dialMs === 0 ? Infinity : dialMs, leftMs);
  return limit === Infinity ? 0 : Math.max(1, Math.round(limit));
}

function countOf(failures: number): string {
  return failures === 1 ? "1 attempt" : `${failures} attempts`;
}

function afterAttempts(
  { details, reason, heals }: DialFailure,
  attempts: string,
  setting: string,
): DialFailure {
  const remedy = `${details.remedy} To wait longer, raise ${setting}.`;
  return new DialFailure({ ...details, remedy }, `${reason} (${attempts})`, heals);
}
