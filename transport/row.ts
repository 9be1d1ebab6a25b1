/** Callers in a row, each of whom may give up while it waits. */

interface Place<T> {
  readonly value: T;
  readonly enter: () => void;
}

export class Row<T> {
  readonly #places: Place<T>[] = [];

  get length(): number {
    return this.#places.length;
  }

  /** Resolves when let in; rejects with the signal's reason when it is aborted before. */
  join(value: T, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#places.splice(this.#places.indexOf(place), 1);
        reject(signal?.reason as Error);
      };
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const place = { value, enter };
      this.#places.push(place);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Lets in, in their order, all for whom `take` finds room, which it takes. */
  admit(take: (value: T) => boolean): void {
    for (let at = 0; at < this.#places.length;) {
      if (take(this.#places[at]!.value)) this.#places.splice(at, 1)[0]!.enter();
      else at++;
    }
  }
}
