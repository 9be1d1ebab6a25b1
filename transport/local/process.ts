/** Runs commands on this machine, as children of this process. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { Carrier, Exit, Process } from "../exec/process";
import type { Environment } from "../types";

// What a login over SSH would have. Not the program's whole environment: it holds auth keys and Pulumi's passphrase,
// which are no business of the commands that run here.
const INHERITED = ["HOME", "LOGNAME", "USER", "SHELL", "PATH", "TMPDIR"];

/** This machine: no login shell, so argv goes to the kernel as it is. */
export function localCarrier(env: Environment): Carrier {
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, env[name]]));
  return {
    isOpen: () => true,
    spawn: async ([program, ...args]) => {
      // Detached: the leader of a process group, so that all it starts can be ended with it.
      const child = spawn(program!, args, { env: inherited, detached: true });
      await once(child, "spawn");
      return childProcess(child);
    },
  };
}

/** A child of this process, as commands are read. */
export function childProcess(child: ChildProcessWithoutNullStreams): Process {
  child.on("error", () => undefined); // a kill that was not allowed
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited: new Promise<Exit>((resolve) => {
      child.on("exit", (code, signal) => resolve(signal === null ? { code } : { code, signal }));
    }),
    closed: new Promise((resolve) => child.on("close", () => resolve())),
    abandon() {
      child.kill("SIGKILL");
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
    },
  };
}
