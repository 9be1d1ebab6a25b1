/** Runs a program of this machine with an argument list and optional stdin, and returns what it wrote. */
import { spawn } from "node:child_process";
import { LabError } from "../error";

export interface CommandResult {
  /** The exit code; 128 + the signal's number does not occur here: a signal is reported as 255. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds after which the program is killed and the call fails; default 10 minutes. */
  readonly deadline?: number;
}

/** Exit code 127, as a shell says it, stands for a program that is not there. */
export const NOT_FOUND = 127;

export function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      timeout: options.deadline ?? 600_000,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve({ code: NOT_FOUND, stdout: "", stderr: `${program}: not found` });
      else reject(error);
    });
    child.on("close", (code) => {
      resolve({
        code: code ?? 255,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
    // A program that ends without reading its stdin closes the pipe under us: that is its business.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin ?? "");
  });
}

/** As `run`, but a failure is a LabError that quotes the end of what the program said. Resolves to its stdout. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new LabError(`\`${argv.slice(0, 4).join(" ")} ...\` ended with ${result.code}:\n${said}`);
}
