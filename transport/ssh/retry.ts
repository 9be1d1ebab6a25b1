/** Dials again while that can heal, with growing pauses. */
import { setTimeout as delay } from "node:timers/promises";
import { DialFailure } from "./dial-failure";

/** Milliseconds before the second dial; doubled for each further one, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

export interface RetryOptions {
  /** Failed dials that are allowed: the one after fails for good; -1 is no limit. As `dialErrorLimit` of @pulumi/command. */
  readonly limit: number;
  /** What is being done, for progress. */
  readonly what: string;
  readonly progress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Calls `dialOnce` until it succeeds, fails with what does not heal, or has failed `limit` times and once more. Short
 * pauses first: a host that comes up is met within a second (pulumi-command#1238).
 */
export async function retryDial<T>(dialOnce: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { limit, what, progress, signal } = options;
  progress(what);
  for (let failures = 1; ; failures++) {
    try {
      return await dialOnce();
    } catch (error) {
      if (!(error instanceof DialFailure)) throw error;
      const isLast = !error.heals || (limit !== -1 && failures > limit);
      if (isLast) throw failures === 1 ? error : afterAttempts(error, failures);
      await delay(pauseAfter(failures), undefined, { signal });
      progress(`${what}, attempt ${failures + 1}: ${error.reason}`);
    }
  }
}

/** Pure: milliseconds to wait after so many failures. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
}

function afterAttempts({ details, reason, heals }: DialFailure, failures: number): DialFailure {
  return new DialFailure(details, `${reason} (${failures} attempts)`, heals);
}
