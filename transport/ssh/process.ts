/** Runs commands over an open SSH connection. */
import type { Readable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { buildCommandLine, MAX_COMMAND_LINE, tooLong } from "../exec/command-line";
import type { Carrier, Exit, Process } from "../exec/process";

/** The host behind `client`. */
export function sshCarrier(client: Client): Carrier {
  let open = true;
  client.on("close", () => (open = false));
  return {
    isOpen: () => open,
    spawn: async (argv) => {
      const line = buildCommandLine(argv);
      if (line.length > MAX_COMMAND_LINE) throw tooLong();
      return await new Promise<Process>((resolve, reject) => {
        client.exec(line, (error, channel) => (error ? reject(error) : resolve(toProcess(channel))));
      });
    },
  };
}

/** Listens at once: the exit status can stand in the same packet as the first output. */
function toProcess(channel: ClientChannel): Process {
  channel.on("error", () => undefined);
  const closed = closeOf(channel);
  const exited = new Promise<Exit>((resolve) => {
    channel.on("exit", (code: number | null, signal?: string) =>
      resolve(code === null ? { code, signal } : { code }),
    );
  });
  const brokenOff = closed.then(() => undefined);
  return {
    stdin: channel.stdin,
    stdout: channel.stdout,
    stderr: channel.stderr,
    exited: Promise.race([exited, brokenOff]),
    closed: Promise.all([closed, closeOf(channel.stderr)]).then(() => undefined),
    abandon: () => void channel.close(),
  };
}

function closeOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once("close", () => resolve()));
}
