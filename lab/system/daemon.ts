/** Starts and stops the lab's long-running programs, which outlive the command that started them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomic } from "./files";
import { findProcesses } from "./processes";
import { awaitUntil } from "./wait";

export interface Daemon {
  readonly argv: readonly string[];
  /** The last arguments of `argv`, which no other process has: how the daemon is found again. */
  readonly identity: readonly string[];
  readonly logFile: string;
}

export async function isRunning(daemon: Pick<Daemon, "identity">): Promise<boolean> {
  return (await findProcesses(daemon.identity)).length > 0;
}

/** Writes the daemon's configuration file; one that runs with another configuration is stopped, to be started anew. */
export async function configure(daemon: Daemon, file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) === content) return;
  await ensureStopped(daemon);
  await writeAtomic(file, content);
}

/** Starts the daemon detached from this process, unless it runs already. Says whether it started one. */
export async function ensureStarted(daemon: Daemon): Promise<boolean> {
  if (await isRunning(daemon)) return false;
  await mkdir(dirname(daemon.logFile), { recursive: true });
  const log = await open(daemon.logFile, "a", 0o600);
  try {
    const [program = "", ...args] = daemon.argv;
    const child = spawn(program, args, { detached: true, stdio: ["ignore", log.fd, log.fd], cwd: "/" });
    await once(child, "spawn");
    child.unref();
  } finally {
    await log.close();
  }
  return true;
}

/** Ends every process with the daemon's identity: asks first, kills after five seconds. */
export async function ensureStopped(daemon: Pick<Daemon, "identity">): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const processes = await findProcesses(daemon.identity);
    if (processes.length === 0) return;
    for (const { pid } of processes) signalQuietly(pid, signal);
    const gone = async () => ((await findProcesses(daemon.identity)).length === 0 ? true : undefined);
    await awaitUntil(`the end of ${daemon.identity.join(" ")}`, 5_000, gone).catch(() => undefined);
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
