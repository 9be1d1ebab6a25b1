/** A Pulumi stack of a benchmark's program, in a folder and a backend of its own. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Lab } from "../lab";
import { projectRoot } from "../lab/system/files";
import { hostScript } from "../providers/tailnet/scripts";
import { timed } from "./measure";

export type Operation = "up" | "preview" | "refresh" | "destroy";

export interface RunOptions {
  /** Beside the stack's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** How many handlers the engine runs at a time. Default: 256; undefined: the engine's own, four for each core. */
  readonly parallel?: number;
}

export interface BenchStack {
  /** Seconds of one operation. */
  run(operation: Operation, options?: RunOptions): Promise<number>;
  /** Bytes of the state file, as the backend keeps it. */
  stateBytes(): number;
}

/** With a host, or what stands for one, at each of the ports; in a new folder of `scratch`. */
export async function openStack(
  program: "hosts" | "floor",
  { identityFile, env }: Lab,
  ports: readonly number[],
  scratch: string,
): Promise<BenchStack> {
  const cwd = mkdtempSync(join(scratch, `${program}-`));
  const name = basename(cwd);
  const root = projectRoot();
  cpSync(join(root, "bench/programs", program), cwd, { recursive: true });
  mkdirSync(join(cwd, "node_modules"));
  for (const [link, target] of [
    ["pulumi-mesh", root],
    ["@pulumi", join(root, "node_modules/@pulumi")],
  ] as const)
    symlinkSync(target, join(cwd, "node_modules", link));
  const backend = join(scratch, "backend");
  mkdirSync(backend, { recursive: true });
  const all = {
    ...{ ...process.env, ...env, PULUMI_BACKEND_URL: `file://${backend}` },
    ...{ BENCH_PORTS: ports.join(","), BENCH_KEY: identityFile, BENCH_PROBE: hostScript("probe") },
  };
  await timed("pulumi", ["stack", "init", name], { cwd, env: all });
  return {
    async run(operation, options = {}) {
      const { parallel: count, env: more } = { parallel: 256, ...options };
      const parallel = count === undefined ? [] : ["--parallel", String(count)];
      const yes = operation === "preview" ? [] : ["--yes", "--skip-preview"];
      const args = [operation, ...yes, ...parallel, "--stack", name, "--non-interactive"];
      const { seconds } = await timed("pulumi", args, { cwd, env: { ...all, ...more } });
      return seconds;
    },
    stateBytes: () => readFileSync(join(backend, `.pulumi/stacks/bench/${name}.json`)).length,
  };
}
