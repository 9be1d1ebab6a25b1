/** Runs `pulumi up` and kills it, or its dynamic provider alone, some time later. */
import { setTimeout as delay } from "node:timers/promises";
import type { Run, Stack } from "../../integration/support/stack";
import { awaitDescendant, kill9 } from "./processes";

/** The CLI with all it started, or only the process that runs our handlers. */
export type Victim = "cli" | "dynamic provider";

export interface Crash {
  readonly run: Run;
  /** True when the victim was still alive at its time. */
  readonly hit: boolean;
  /** The exec labels that had ended by then, of all hosts. */
  readonly done: readonly string[];
}

/** Kills the victim `after` milliseconds of its life. */
export async function upAndKill(
  stack: Stack,
  victim: Victim,
  after: number,
  flags: readonly string[] = [],
): Promise<Crash> {
  let ended = false;
  const running = stack.up(...flags).finally(() => (ended = true));
  const cli = await awaitDescendant(process.pid, isCli(stack.name));
  if (cli === undefined) throw new Error("pulumi up did not start");
  const target = victim === "cli" ? cli : await awaitDescendant(cli.pid, isDynamicProvider);
  if (target === undefined) throw new Error("the dynamic provider did not start");
  await delay(after);
  const hit = !ended;
  if (hit) kill9(target.pid, victim === "cli");
  const run = await running;
  const done = run.trace.flatMap(({ event, label }) =>
    event === "exec" && label !== undefined ? [label] : [],
  );
  return { run, hit, done };
}

const isCli = (stack: string) => (argv: readonly string[]) =>
  argv[0]?.endsWith("pulumi") === true && argv[1] === "up" && argv.includes(stack);

const isDynamicProvider = (argv: readonly string[]) =>
  argv[1]?.endsWith("cmd/dynamic-provider/index.js") === true;
