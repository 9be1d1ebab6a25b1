/** The ssh process that holds a connection, which the commands of a session share through its control socket. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** What is kept of ssh's words. */
const LOG_KEPT = 64 * 1024;
/** Milliseconds for ssh to take its leave. */
const PATIENCE = 1_000;
/** Milliseconds for ssh's last words to be read. */
const LAST_WORDS = 200;
const POLL = 10;

/** Ends ssh, and what it started, when the pipe at 3 is closed, as it is when this process ends in whatever way. */
const RUN = `"$@" 3<&- & ssh=$!
{ read -r _; kill 0; } <&3 >/dev/null 2>&1 &
exec 3<&-
wait "$ssh"`;

export interface Master {
  /** What ssh said since it was started. */
  readonly log: () => string;
  readonly isOpen: () => boolean;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts `ssh` with these arguments. */
export function startMaster(args: readonly string[], env: NodeJS.ProcessEnv): Master {
  const child: ChildProcess = spawn("sh", ["-c", RUN, "sh", "ssh", ...args], {
    env,
    // A group of its own: to be ended as one, and out of reach of a Ctrl-C that lets a running create finish.
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let log = "";
  let open = true;
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-LOG_KEPT)));
  const leash = child.stdio[3] as Writable;
  leash.on("error", () => undefined);
  const read = new Promise((resolve) => child.stderr!.on("close", resolve));
  const ended = new Promise<void>((resolve) => {
    child.on("error", () => resolve()).on("exit", () => resolve());
  }).then(async () => {
    open = false;
    leash.destroy();
    // A command that ssh started may hold its streams for longer.
    await Promise.race([read, delay(LAST_WORDS, undefined, { ref: false })]);
    child.stderr!.destroy();
  });
  const close = async () => {
    leash.destroy();
    await Promise.race([ended, delay(PATIENCE, undefined, { ref: false })]);
    if (open && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  return { log: () => log, isOpen: () => open, ended, close };
}

/** How a dial ended: with a connection, with ssh's end, or not in time. */
export type Dialled = "connected" | "ended" | "late";

/** Waits until the control socket is there, which is when the login is done. Rejects when aborted. */
export async function awaitLogin(
  master: Master,
  socket: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Dialled> {
  const start = performance.now();
  while (master.isOpen()) {
    if (existsSync(socket)) return "connected";
    if (timeoutMs !== 0 && performance.now() - start > timeoutMs) return "late";
    await delay(POLL, undefined, { signal });
  }
  await master.ended;
  return "ended";
}
