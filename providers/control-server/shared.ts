/** One answer for all who ask: what is under way is waited for, and what is fresh enough is not asked for again. */
import { createHash } from "node:crypto";

interface Reading<T> {
  /** As `performance.now()`. */
  readonly startedAt: number;
  readonly value: Promise<T>;
  /** What has failed is asked for again. */
  state: "under way" | "done" | "failed";
}

/** What is fresh enough for the one who asks. */
export interface Freshness {
  /** The reading must have begun after this, as `performance.now()`. */
  readonly since: number;
  /** Milliseconds since it began, once it is done. */
  readonly maxAge: number;
}

/** What is shared, by what it is of: secrets among that stand in no map. */
export class SharedBy<T> {
  readonly #all = new Map<string, T>();

  constructor(private readonly make: () => T) {}

  of(parts: readonly string[]): T {
    const id = createHash("sha256").update(JSON.stringify(parts)).digest("base64");
    const known = this.#all.get(id) ?? this.make();
    this.#all.set(id, known);
    return known;
  }
}

export class Shared<T> {
  #last: Reading<T> | undefined;
  #next: Promise<Reading<T>> | undefined;

  /** `load` is called when no reading will do; there is never more than one at a time. */
  async read(wanted: Freshness, load: () => Promise<T>): Promise<Reading<T>> {
    const last = this.#last;
    if (last !== undefined && isFresh(last, wanted)) return last;
    if (last?.state !== "under way") return this.#start(load);
    this.#next ??= this.#afterwards(last, load);
    return this.#next;
  }

  async #afterwards(last: Reading<T>, load: () => Promise<T>): Promise<Reading<T>> {
    await last.value.catch(() => undefined);
    this.#next = undefined;
    return this.#start(load);
  }

  #start(load: () => Promise<T>): Reading<T> {
    const reading: Reading<T> = { startedAt: performance.now(), value: load(), state: "under way" };
    this.#last = reading;
    reading.value.then(
      () => (reading.state = "done"),
      () => (reading.state = "failed"),
    );
    return reading;
  }
}

function isFresh<T>({ startedAt, state }: Reading<T>, { since, maxAge }: Freshness): boolean {
  if (startedAt <= since || state === "failed") return false;
  return state === "under way" || performance.now() - startedAt <= maxAge;
}
