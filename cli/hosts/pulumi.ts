/** Asks Pulumi's own command line, which knows backends and secrets: nothing of its SDK is loaded for it. */
import { spawn } from "node:child_process";
import { MeshError } from "../../errors";
import { excerpt } from "../../excerpt";

export interface PulumiOptions {
  /** The stack's name; default: the selected one. */
  readonly stack?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Standard output of `pulumi ARGS`. Throws invalid-config with what it complained of. */
export async function askPulumi(
  args: readonly string[],
  { stack, cwd, env }: PulumiOptions,
): Promise<string> {
  const argv = [...args, "--non-interactive", ...(stack === undefined ? [] : ["--stack", stack])];
  const { code, stdout, stderr } = await run(argv, cwd, env).catch((cause: unknown) => {
    throw new MeshError({
      kind: "invalid-config",
      message: "Pulumi's command line was not found",
      remedy: "Put `pulumi` on PATH, or name a file with the hosts (--file).",
      cause,
    });
  });
  if (code === 0) return stdout;
  throw new MeshError({
    kind: "invalid-config",
    message: `\`pulumi ${args.slice(0, 2).join(" ")}\` failed: ${excerpt(stderr.replace(/^error: /, "")) || `exit ${code ?? "by a signal"}`}`,
    remedy:
      "Run it in the folder of Pulumi.yaml, logged in to the stack's backend, with --stack; or name a file with the hosts (--file).",
  });
}

function run(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn("pulumi", argv, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const parts: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].on("data", (part: Buffer) => parts[stream].push(part));
    const text = (stream: "stdout" | "stderr") => Buffer.concat(parts[stream]).toString();
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: text("stdout"), stderr: text("stderr") }));
  });
}
