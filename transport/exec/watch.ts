/** What can end a command before it ends itself: its deadline, the caller's abort, or a failure while reading it. */

/** The first of them wins; the rest is silent. */
export interface Watch {
  /** Rejects with the first failure; never resolves. */
  readonly failed: Promise<never>;
  readonly fail: (error: unknown) => void;
  /** Forgets the deadline and the abort signal. */
  readonly dispose: () => void;
}

export interface WatchOptions {
  /** Milliseconds until `onTimeout()` is the failure. */
  readonly timeoutMs: number;
  readonly onTimeout: () => unknown;
  /** Its abort makes `onAbort(reason)` the failure. */
  readonly signal?: AbortSignal;
  readonly onAbort: (reason: unknown) => unknown;
}

/** Starts the clock. */
export function watch({ timeoutMs, onTimeout, signal, onAbort }: WatchOptions): Watch {
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined); // nobody may be waiting any more when it fails
  const abort = () => fail(onAbort(signal?.reason));
  const timer = setTimeout(() => fail(onTimeout()), timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  return {
    failed,
    fail,
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}
