/** Ends a command that ran too long, and all it started, as far as the host lets us. */
import { setTimeout as delay } from "node:timers/promises";
import type { Process } from "./process";

/** Milliseconds to wait for an effect of each signal. */
const PATIENCE = 1_000;

/** How to send a signal to the process group on the host, with the rights of the command itself. */
export type SendSignal = (group: string, signal: "TERM" | "KILL") => Promise<unknown>;

/** The program that does it: the group, or the one process where it leads no group. */
export function buildKill(group: string, signal: "TERM" | "KILL"): string[] {
  const script = 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"';
  return ["/bin/sh", "-c", script, "sh", signal, group];
}

/**
 * TERM, then KILL, each sent by a command of its own: sshd ignores signal requests for root logins, and its user may not
 * signal what sudo started. Takes two seconds at most; where the host does not answer, the command is only let go.
 */
export async function endCommand(
  process: Process,
  group: string | undefined,
  send: SendSignal,
): Promise<void> {
  for (const signal of group === undefined ? [] : (["TERM", "KILL"] as const)) {
    const sent = send(group!, signal)
      .catch(() => undefined)
      .then(() => process.exited);
    const ended = await Promise.race([sent.then(() => true), delay(PATIENCE, false, { ref: false })]);
    if (ended) break;
  }
  process.abandon();
}
