/** Runs a command as root on a host, past the package and its connection: for looking around, and for tests to prepare and verify. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { containerName } from "../network/names";
import { labPaths } from "../paths";
import { run, type CommandResult } from "../system/command";
import { type HostImage, type Variant, VARIANTS } from "./variants";

export interface ExecOptions {
  readonly stdin?: string;
  /** Milliseconds; default 10 minutes. */
  readonly deadline?: number;
}

/** What tells a host from others, and how to get in. */
export interface HostDoor {
  readonly name: string;
  readonly address: string;
  readonly image: HostImage;
}

export function execOnHost(
  lab: string,
  host: HostDoor,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  return run(buildExecCommand(lab, host, argv), options);
}

/** The same with this process's own terminal, for a person. Resolves to the exit code. */
export async function execInteractively(
  lab: string,
  host: HostDoor,
  argv: readonly string[],
): Promise<number> {
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  const [program = "", ...args] = buildExecCommand(lab, host, argv, terminal);
  const [code] = (await once(spawn(program, args, { stdio: "inherit" }), "close")) as [number | null];
  return code ?? 255;
}

/** Podman enters a container, but not the machine that runs a kernel of its own in it: sshd is the only door there. */
export function buildExecCommand(
  lab: string,
  { name, address, image }: HostDoor,
  argv: readonly string[],
  terminal = false,
): string[] {
  const { ownKernel = false }: Variant = VARIANTS[image];
  if (!ownKernel) {
    const tty = terminal ? ["--tty"] : [];
    return ["podman", "exec", "--interactive", ...tty, containerName(lab, name), ...argv];
  }
  // A host that is booted afresh has new host keys.
  const unchecked = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
  const options = ["BatchMode=yes", ...unchecked].flatMap((option) => ["-o", option]);
  const login = [...(terminal ? ["-t"] : []), "-i", labPaths(lab).identityFile, `root@${address}`];
  return ["ssh", ...options, ...login, "--", ...argv.map(quote)];
}

/** For the login shell of root, which is a POSIX one. */
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
