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
  /** Waits so many milliseconds between two dials, or longer, until there is room for another. Default: just so long. */
  readonly rest?: Rest;
  /** Dials when the server has room for a login. Default: at once. */
  readonly turn?: Turn;
}

/** The options of `connect`, and of one way to a host. */
export interface DialOptions extends ConnectOptions, Pick<RetryOptions, "rest"> {
  /** Dialled in place of the connection's host, without its jump host; the host key is still that of the connection. */
  readonly at?: string;
  /** Whether a session connects again. */
  readonly again?: boolean;
}

export type Rest = (milliseconds: number) => Promise<void>;
export type Turn = <T>(dial: () => Promise<T>) => Promise<T>;

/**
 * Calls `dialOnce`, with its milliseconds (0: no limit), until it succeeds, fails with what does not heal, or patience is at
 * its end. Short pauses first: a host that comes up is met within a second (pulumi-command#1238). Waiting for others, in
 * `rest` and `turn`, costs no patience.
 */
export async function retryDial<T>(
  dialOnce: (timeoutMs: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { patience, what, progress, signal } = options;
  const { rest = (pause) => delay(pause, undefined, { signal }), turn = (dial) => dial() } = options;
  const { dialMs, totalMs, failures: allowed, setting } = patience;
  let until = performance.now() + totalMs;
  const left = () => until - performance.now();
  let line = () => what;
  for (let failures = 1; ; failures++) {
    const asked = performance.now();
    const dialNow = () => {
      until += performance.now() - asked;
      progress(line());
      return dialOnce(limitedBy(dialMs, Math.max(left(), SHORTEST_DIAL)));
    };
    try {
      return await turn(dialNow);
    } catch (error) {
      if (!(error instanceof DialFailure)) throw error;
      if (!error.heals || allowed === 0) throw error;
      if (failures > allowed) throw afterAttempts(error, `${failures} attempts`, setting);
      const pause = pauseAfter(failures);
      if (left() < pause + SHORTEST_DIAL)
        throw afterAttempts(error, `${countOf(failures)} in ${totalMs / 1000} s`, setting);
      const before = performance.now();
      await rest(pause);
      until += Math.max(0, performance.now() - before - pause);
      const more = () => (totalMs === Infinity ? "" : `; up to ${Math.ceil(left() / 1000)} s more`);
      // The number first: a narrow terminal cuts the end off.
      line = () => `attempt ${failures + 1}, ${what}: ${error.reason}${more()}`;
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
