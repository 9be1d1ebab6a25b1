/** The command line, run as a user runs it, against a stack of the lab. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../../../lab";
import type { Run, Stack } from "./stack";

export const ROOT = join(__dirname, "../../..");

export interface CommandRun extends Pick<Run, "trace"> {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npx pulumi-mesh ARGS` in a folder; default: that of the root program. */
export async function runCommand(
  lab: Lab,
  args: readonly string[],
  { stack, cwd = ROOT }: { readonly stack?: Stack; readonly cwd?: string } = {},
): Promise<CommandRun> {
  const traceFile = join(mkdtempSync(join(tmpdir(), "pulumi-mesh-trace-")), "trace.jsonl");
  const env = { ...process.env, ...lab.env, ...stack?.env, PULUMI_MESH_TRACE: traceFile };
  const child = spawn(process.execPath, [join(ROOT, "dist/cli/main.js"), ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => (texts[name] += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
  const lines = existsSync(traceFile) ? readFileSync(traceFile, "utf8").trim().split("\n") : [];
  return { code, ...texts, trace: lines.map((line) => JSON.parse(line) as Run["trace"][number]) };
}
