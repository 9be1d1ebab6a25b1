/** Closes an SSH connection. */
import type { Client } from "ssh2";

/** Milliseconds for the host to agree; a dead one never does. */
const PATIENCE = 1_000;

/** Resolves when the connection is gone, at the latest after a second. */
export function closeClient(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      client.destroy();
      resolve();
    }, PATIENCE);
    client.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}
