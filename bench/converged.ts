/** (a) Converged hosts are asked how they are: the handlers of a refresh against raw `ssh` and pyinfra, at any distance. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostScript } from "../providers/tailnet/scripts";
import type { Fleet, State } from "./fleet";
import { inTurns, timed, type Record_ } from "./measure";
import { startRelay } from "./relays";

export interface ConvergedOptions {
  readonly hosts: readonly number[];
  readonly roundTrips: readonly number[];
  readonly roundsOf: (hosts: number) => number;
  /** The program pyinfra; undefined when there is none. */
  readonly pyinfra?: string;
  /** For files. */
  readonly scratch: string;
}

const SSH = [
  ...["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
  ...["-o", "LogLevel=ERROR", "-F", "none"],
];

export async function converged(fleet: Fleet, record: Record_, options: ConvergedOptions): Promise<void> {
  for (const roundTripMs of options.roundTrips)
    for (const hosts of options.hosts) {
      await using relay = await startRelay(hosts, roundTripMs, fleet.targets);
      const { ports } = relay;
      const states = fleet.statesAt(ports);
      const raw = (parallel: number) => () => askBySsh(ports, fleet.lab.identityFile, parallel);
      // What is not in the list is never faster: so many processes for so few hosts.
      const parallel = [16, 64, 256].filter((count) => count === 16 || count <= hosts * 2);
      const contestants = {
        ours: () => readHosts(states),
        ...Object.fromEntries(parallel.map((count) => [`ssh -P ${count}`, raw(count)])),
        ...(options.pyinfra === undefined || hosts > 200
          ? {}
          : { pyinfra: () => askByPyinfra(options.pyinfra!, ports, fleet, options.scratch) }),
      };
      await inTurns(options.roundsOf(hosts), contestants, (who, value) =>
        record({ part: "converged", who, at: { hosts, roundTripMs }, value, unit: "s" }),
      );
    }
}

/** The whole process: Node's start and the loading of the package are in it, as they are in the others. */
export async function readHosts(states: readonly State[]): Promise<number> {
  const { seconds } = await timed(process.execPath, [join(__dirname, "reader.js")], {
    stdin: JSON.stringify(states),
  });
  return seconds;
}

async function askBySsh(ports: readonly number[], key: string, parallel: number): Promise<number> {
  const one = `exec ssh ${SSH.join(" ")} -i '${key}' -p "$1" root@127.0.0.1 "$PROBE" >/dev/null`;
  const { seconds } = await timed("xargs", ["-P", String(parallel), "-n", "1", "sh", "-c", one, "sh"], {
    stdin: ports.join("\n"),
    env: { ...process.env, PROBE: hostScript("probe") },
  });
  return seconds;
}

async function askByPyinfra(
  pyinfra: string,
  ports: readonly number[],
  { lab }: Fleet,
  scratch: string,
): Promise<number> {
  const hosts = ports.map((port) => {
    const settings = {
      ssh_hostname: "127.0.0.1",
      ssh_port: port,
      ssh_user: "root",
      ssh_key: lab.identityFile,
    };
    return `("h${port}", ${JSON.stringify({ ...settings, ssh_strict_host_key_checking: "off" })})`;
  });
  writeFileSync(join(scratch, "inventory.py"), `hosts = [${hosts.join(",\n")}]\n`);
  writeFileSync(join(scratch, "probe.sh"), hostScript("probe"));
  const args = ["-y", "inventory.py", "exec", "--", "sh", "-c", hostScript("probe")];
  const { seconds } = await timed(pyinfra, args, { cwd: scratch });
  return seconds;
}
