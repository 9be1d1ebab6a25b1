/** Finds and kills processes that a test started, by their place in its own process tree. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
}

/** Everything that descends from `root`, parents first. */
export function descendants(root: number): readonly Process[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const found: Process[] = [];
  const visit = (parent: number) => {
    for (const child of all.filter((each) => each.parent === parent)) {
      found.push(child);
      visit(child.pid);
    }
  };
  visit(root);
  return found;
}

/** Waits until a descendant of `root` satisfies `test`; undefined after `deadline` milliseconds. */
export async function awaitDescendant(
  root: number,
  test: (argv: readonly string[]) => boolean,
  deadline = 30_000,
): Promise<Process | undefined> {
  const end = performance.now() + deadline;
  while (performance.now() < end) {
    const found = descendants(root).find(({ argv }) => test(argv));
    if (found !== undefined) return found;
    await delay(20);
  }
  return undefined;
}

/** SIGKILL for the process and, when `wholeTree`, for all it started: as after a crash nothing of it gets a last word. */
export function kill9(pid: number, wholeTree: boolean): void {
  const victims = wholeTree ? [pid, ...descendants(pid).map((child) => child.pid)] : [pid];
  for (const victim of victims) {
    try {
      process.kill(victim, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function readProcess(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return [{ pid, parent: Number(parent), argv }];
  } catch {
    return []; // It ended while we looked.
  }
}
