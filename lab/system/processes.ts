/** Finds processes of this machine by their command line, as the kernel shows it. */
import { readdir, readFile } from "node:fs/promises";

export interface ProcessInfo {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** True when `argv` ends with exactly the arguments of `tail`. */
export function endsWith(argv: readonly string[], tail: readonly string[]): boolean {
  return (
    tail.length > 0 &&
    argv.length >= tail.length &&
    tail.every((arg, i) => arg === argv[argv.length - tail.length + i])
  );
}

async function commandLine(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.split("\0").slice(0, -1);
}

/**
 * Every process whose command line ends with `tail`. The tails used here name a file in a lab's state folder, so a
 * match is that lab's own daemon: no recorded pid is needed, and a recycled one can never be mistaken for it.
 */
export async function findProcesses(tail: readonly string[]): Promise<ProcessInfo[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const all = await Promise.all(pids.map(async (pid) => ({ pid, argv: await commandLine(pid) })));
  return all.filter(({ argv }) => endsWith(argv, tail));
}

/** When a process started, in clock ticks since boot; undefined when it does not exist. With the pid it names one process. */
export async function startTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses and may hold anything; count from behind it.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}
