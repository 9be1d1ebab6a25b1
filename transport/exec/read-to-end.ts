/** Waits until a command has ended and its output is read. */
import { setTimeout as delay } from "node:timers/promises";
import type { Exit, Process } from "./process";

/** Milliseconds without output after which the streams of an ended command count as read. */
const SILENCE = 2_000;

/**
 * Resolves with how the command ended, undefined when the connection broke first. A daemon that the command started can
 * hold its streams open for ever, so an ended command that has been silent for two seconds is let go.
 */
export async function readToEnd(
  process: Process,
  output: { readonly lastOutput: number },
): Promise<Exit | undefined> {
  const exit = await process.exited;
  const exitedAt = performance.now();
  const silentFor = () => performance.now() - Math.max(exitedAt, output.lastOutput);
  for (let left = SILENCE; left > 0; left = SILENCE - silentFor()) {
    const silence = delay(left, false, { ref: false });
    if (await Promise.race([process.closed.then(() => true), silence])) break;
  }
  process.abandon();
  return exit;
}
