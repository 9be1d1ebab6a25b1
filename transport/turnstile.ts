/** Lets so many in at once, the others in their order. */
import { Row } from "./row";

export class Turnstile {
  #running = 0;
  readonly #waiting = new Row<undefined>();

  /** `most` may be changed; it holds for whoever comes in from then on. */
  constructor(public most: number) {}

  get isEmpty(): boolean {
    return this.#running === 0;
  }

  /** Does the work when it is its turn. Rejects with the signal's reason when it is aborted before. */
  async pass<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (!this.#enter()) await this.#waiting.join(undefined, signal);
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
