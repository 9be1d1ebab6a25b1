/**
 * How many connections at once are good: more while that costs nothing, fewer as soon as handshakes slow down or fail. Near
 * hosts are bound by the processor, where more at once helps nobody; far ones by the way there, where it helps all. Pure.
 */

/** Handshakes whose median is looked at. */
const WINDOW = 16;
/** Handshakes before the first judgement; until then the number grows to this at most. */
const FIRST_LOOK = 8;
const BLIND_LIMIT = 64;
/** So many times the best median is slow, from so many milliseconds more. */
const SLOW_FACTOR = 1.75;
const SLOW_MS = 25;
/** Above this share of its time this process has no room for more handshakes. */
const BUSY = 0.7;
/** With each handshake the best counts a little less: the hosts that come now may be farther than the first. */
const FORGETS = 1.01;
const GROWTH = 1.2;
const CUT = 0.7;

export class AdaptiveLimit {
  #limit: number;
  #best = Infinity;
  #seen = 0;
  /** Handshakes since the last cut: what began before it says nothing of what came of it. */
  #sinceCut = Infinity;
  readonly #recent: number[] = [];

  constructor(
    private readonly start: number,
    private readonly most: number,
  ) {
    this.#limit = Math.min(start, most);
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** Some wait; `utilization`: the share of the time since the last call in which this process was at work. */
  grow(utilization: number): void {
    if (utilization > BUSY || this.#isSlow()) return;
    const most = this.#seen < FIRST_LOOK ? Math.min(this.most, BLIND_LIMIT) : this.most;
    this.#limit = Math.max(this.#limit, Math.min(this.#limit * GROWTH, most));
  }

  /** A handshake took so many milliseconds. */
  succeeded(ms: number): void {
    this.#seen++;
    this.#sinceCut++;
    this.#recent.push(ms);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    if (this.#recent.length < FIRST_LOOK) return;
    this.#best = Math.min(this.#best * FORGETS, median(this.#recent));
    if (this.#isSlow()) this.#cut(this.start);
  }

  /** One was broken off by the other side, or this machine had no room for it. */
  failed(): void {
    this.#cut(1);
  }

  #cut(least: number): void {
    if (this.#sinceCut < this.#limit) return;
    this.#sinceCut = 0;
    this.#limit = Math.max(this.#limit * CUT, Math.min(least, this.#limit));
  }

  #isSlow(): boolean {
    if (this.#recent.length < FIRST_LOOK) return false;
    return median(this.#recent) > this.#best * SLOW_FACTOR + SLOW_MS;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
