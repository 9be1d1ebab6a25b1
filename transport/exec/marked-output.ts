/** Reads one output of a command: the wrapper's marks first, then what the command itself prints, up to a limit. */

/** The most bytes a command may print on one stream. */
export const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** What is kept of the noise before the command's own output: enough for a mark, and for an error's text. */
const NOISE_KEPT = 4096;

export interface OutputListeners {
  /** Each mark, in the order of the stream. */
  readonly onMark: (name: string, value: string | undefined) => void;
  /** Each piece of the command's own output. */
  readonly onData?: (chunk: Buffer) => void;
  /** Once, when the output grows past OUTPUT_LIMIT; what comes after is dropped. */
  readonly onOverflow: () => void;
}

export class MarkedOutput {
  readonly #pattern: RegExp;
  readonly #chunks: Buffer[] = [];
  #noise = Buffer.alloc(0);
  #started = false;
  #size = 0;

  constructor(
    mark: string,
    private readonly listeners: OutputListeners,
  ) {
    this.#pattern = new RegExp(`${mark}:([a-z]+)(?::(\\d+))?;`);
  }

  push(chunk: Buffer): void {
    if (this.#started) return this.#keep(chunk);
    this.#noise = Buffer.concat([this.#noise, chunk]);
    for (let mark = this.#findMark(); mark !== null; mark = this.#findMark()) {
      const rest = this.#noise.subarray(mark.index + mark[0].length);
      this.#noise = Buffer.alloc(0);
      this.#started = mark[1] === "start";
      this.listeners.onMark(mark[1]!, mark[2]);
      if (this.#started) return this.#keep(rest);
      this.#noise = rest;
    }
    this.#noise = this.#noise.subarray(-NOISE_KEPT);
  }

  /** All of the command's output. */
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  /** The last of what was printed after the last mark, for a command that never started. */
  noise(): string {
    return this.#noise.toString("utf8");
  }

  #findMark(): RegExpExecArray | null {
    return this.#pattern.exec(this.#noise.toString("latin1")); // latin1, so that an index counts bytes
  }

  #keep(chunk: Buffer): void {
    if (chunk.length === 0 || this.#size > OUTPUT_LIMIT) return;
    this.#size += chunk.length;
    if (this.#size > OUTPUT_LIMIT) return this.listeners.onOverflow();
    this.#chunks.push(chunk);
    this.listeners.onData?.(chunk);
  }
}
