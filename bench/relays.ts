/** Starts relays, and tells when something came through them first. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Relay extends AsyncDisposable {
  readonly ports: readonly number[];
  /** When the first connection since the last call came, as `Date.now()`; undefined when none did. */
  takeFirst(): number | undefined;
}

const FIRST_PORT = 21_000;

/** So many endpoints, each so many milliseconds away and back; they share the targets (`host:port`). */
export async function startRelay(
  count: number,
  roundTripMs: number,
  targets: readonly string[],
): Promise<Relay> {
  const args = [String(roundTripMs / 2), String(FIRST_PORT), String(count), ...targets];
  const child = spawn(process.execPath, [join(__dirname, "relay.js"), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let first: number | undefined;
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    if (line.startsWith("connected")) first ??= Number(line.split(" ")[2]);
  });
  const died = once(child, "close").then(() => {
    throw new Error("the relay has ended: what it says stands above");
  });
  died.catch(() => undefined); // Looked at only while it starts.
  await Promise.race([awaitReady(lines), died]);
  return {
    ports: Array.from({ length: count }, (_, at) => FIRST_PORT + at),
    takeFirst() {
      const taken = first;
      first = undefined;
      return taken;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function awaitReady(lines: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => lines.on("line", (line: string) => line === "ready" && resolve()));
}
