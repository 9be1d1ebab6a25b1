/** Runs commands through the control socket of an open connection, each by an ssh of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildCommandLine, MAX_COMMAND_LINE, tooLong } from "../exec/command-line";
import type { Carrier, Exit, Process } from "../exec/process";
import { childProcess } from "../local/process";
import type { Master } from "./master";

/** What ssh ends with when it could not run the command, or when the command ended with it. */
const SSH_FAILED = 255;

/** The host behind `master`; `args` name its control socket and the host. */
export function opensshCarrier(master: Master, args: readonly string[], env: NodeJS.ProcessEnv): Carrier {
  return {
    isOpen: master.isOpen,
    spawn: async (argv) => {
      const line = buildCommandLine(argv);
      if (line.length > MAX_COMMAND_LINE) throw tooLong();
      const child = spawn("ssh", [...args, line], { env, detached: true });
      await once(child, "spawn");
      const process = childProcess(child);
      return { ...process, exited: process.exited.then((exit) => told(exit, master)) } satisfies Process;
    },
  };
}

/** The connection may have broken: its own end is seen a moment later than that of the command. */
async function told(exit: Exit | undefined, master: Master): Promise<Exit | undefined> {
  if (exit?.code !== SSH_FAILED) return exit;
  const moment = new Promise((resolve) => setTimeout(resolve, 200));
  await Promise.race([master.ended, moment]);
  return master.isOpen() ? exit : undefined;
}
