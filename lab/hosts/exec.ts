/** Runs a command as root on a host, past SSH and the network: for looking around, and for tests to prepare and verify. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { containerName } from "../network/names";
import { run, type CommandResult } from "../system/command";

export interface ExecOptions {
  readonly stdin?: string;
  /** Milliseconds; default 10 minutes. */
  readonly deadline?: number;
}

export function execOnHost(
  lab: string,
  host: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  return run(["podman", "exec", "--interactive", containerName(lab, host), ...argv], options);
}

/** The same with this process's own terminal, for a person. Resolves to the exit code. */
export async function execInteractively(lab: string, host: string, argv: readonly string[]): Promise<number> {
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
  const args = ["exec", "--interactive", ...terminal, containerName(lab, host), ...argv];
  const [code] = (await once(spawn("podman", args, { stdio: "inherit" }), "close")) as [number | null];
  return code ?? 255;
}
