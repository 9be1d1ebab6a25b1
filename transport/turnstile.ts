/** Lets so many in at once, the others in their order. */
import { Row } from "./row";

export interface PassOptions {
  /** Goes in before all who wait, and though there are as many as may be: for what must not wait. */
  readonly ahead?: boolean;
  /** Called when it has to wait. */
  readonly onWait?: () => void;
}

export class Turnstile {
  #running = 0;
  readonly #waiting = new Row<undefined>();

  /** `most` may be changed; it holds for whoever comes in from then on. */
  constructor(public most: number) {}

  get isEmpty(): boolean {
    return this.#running === 0;
  }

  /** Does the work when it is its turn. Rejects with the signal's reason when it is aborted before. */
  async pass<T>(
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    { ahead = false, onWait }: PassOptions = {},
  ): Promise<T> {
    if (ahead) this.#running++;
    else if (!this.#enter()) {
      onWait?.();
      await this.#waiting.join(undefined, signal);
    }
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.admit(() => this.#enter());
    }
  }

  #enter(): boolean {
    if (this.#running >= this.most) return false;
    this.#running++;
    return true;
  }
}
