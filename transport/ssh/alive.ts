/** Notices a host that has died behind an open connection, and takes none for dead that is only far behind. */
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";

/**
 * ssh2 asks every ten seconds and shall not count the answers: behind an upload over a slow line they come minutes late,
 * while all the time the host says that it takes more.
 */
export const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: Infinity };

/** Milliseconds without a byte from the host after which it counts as dead. */
const PATIENCE = 40_000;

/** Drops the connection when nothing comes through its stream any more. Once logged in: before, the dial has its own time. */
export function watchAlive(client: Pick<Client, "destroy">, stream: Duplex, patience = PATIENCE): void {
  const timer = setTimeout(() => client.destroy(), patience);
  stream.on("data", () => timer.refresh()).on("close", () => clearTimeout(timer));
}
