/** Cuts a stream of bytes into lines. */
import { StringDecoder } from "node:string_decoder";

export interface LineSplitter {
  readonly push: (chunk: Buffer) => void;
  /** Passes on what stands after the last line feed, if anything. */
  readonly end: () => void;
}

/** Calls `onLine` with each complete line, without its line feed. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    push(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop()!;
      lines.forEach((line) => onLine(line));
    },
    end() {
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
