/** Sends a command its input, each piece when the one before was taken: a large file is in memory once, as its caller has it. */
import type { Writable } from "node:stream";
import type { ExecOptions } from "../types";

/** Bytes handed over at a time. */
const PIECE = 64 * 1024;

/** Milliseconds between two reports. */
const REPORT_PAUSE = 250;

/** Pure: the input as bytes; those of an array are not copied. */
export function toBytes(input: string | Uint8Array): Buffer {
  if (typeof input === "string") return Buffer.from(input, "utf8");
  return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
}

/**
 * Writes `input` and ends the stream; reports to `onSent`, with what it throws. A stream that takes no more, because the
 * command closed it or has ended, ends the sending without an error and without a last report: how the command ended says
 * what that means. May never resolve where the channel is gone.
 */
export async function send(
  stdin: Writable,
  input: Buffer,
  onSent: NonNullable<ExecOptions["onSent"]> = () => undefined,
): Promise<void> {
  let reportedAt = performance.now();
  for (let sent = 0; sent < input.length; sent += PIECE) {
    if (performance.now() - reportedAt >= REPORT_PAUSE) {
      onSent(sent, input.length);
      reportedAt = performance.now();
    }
    if (!(await write(stdin, input.subarray(sent, sent + PIECE)))) return;
  }
  onSent(input.length, input.length);
  if (!stdin.writableEnded) stdin.end();
}

/** Resolves when the piece was taken; false when the stream takes no more. */
function write(stdin: Writable, piece: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    stdin.write(piece, (error) => resolve(!error));
  });
}
