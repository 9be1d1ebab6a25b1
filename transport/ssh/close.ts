/** Closes an SSH connection. */
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";

/** Milliseconds for what is left to be sent; a dead host takes nothing more. */
const PATIENCE = 1_000;

/**
 * Resolves when the connection is gone, at the latest after a second. The host is told, and not asked to agree: that would be a round
 * trip of which nobody has anything, and a process that waits for it.
 */
export function closeClient(client: Client, sock: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      sock.destroy(); // `destroy` of a client does nothing after `end`
      resolve();
    }, PATIENCE);
    client.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    sock.once("finish", () => sock.destroy());
    client.end();
  });
}
