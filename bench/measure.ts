/** Runs what is compared in turns, so that whatever else the machine does meets all of it alike; medians with their spread. */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";

export interface Finished {
  readonly seconds: number;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

/** Runs a program to its end, and throws with its last words unless it succeeds. */
export function timed(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { cwd, env = process.env, stdin = "" } = options;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: "pipe" });
    let stdout = "";
    let words = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (words = (words + text.toString()).slice(-2_000)));
    child.on("error", reject).on("close", (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, stdout });
      else reject(new Error(`${command} ended with ${code}: ${words || stdout.slice(-2_000)}`));
    });
    child.stdin.on("error", () => undefined).end(stdin);
  });
}

export interface Sample {
  readonly part: string;
  /** What is measured: `ours`, `ssh -P 64`. */
  readonly who: string;
  /** What it is done with: `hosts`, `roundTripMs`. */
  readonly at: Readonly<Record<string, number>>;
  readonly value: number;
  readonly unit: string;
  /** Of the machine, in the minute before. */
  readonly load: number;
}

export type Record_ = (sample: Omit<Sample, "load">) => void;

/** Keeps what was measured, and says it as it comes. */
export function recorder(samples: Sample[]): Record_ {
  return (sample) => {
    samples.push({ ...sample, load: Math.round(loadavg()[0]! * 10) / 10 });
    const at = Object.entries(sample.at).map(([name, value]) => `${name} ${value}`);
    process.stderr.write(
      `${sample.part}: ${at.join(", ")}: ${sample.who} ${sample.value.toFixed(2)} ${sample.unit}\n`,
    );
  };
}

/** Each contestant once, then each again: a round's order is turned around in the next. */
export async function inTurns(
  rounds: number,
  contestants: Readonly<Record<string, () => Promise<number>>>,
  note: (who: string, value: number) => void,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const entries = Object.entries(contestants);
    for (const [who, run] of round % 2 === 0 ? entries : entries.toReversed()) note(who, await run());
  }
}
