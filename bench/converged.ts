/**
 * (a) Converged hosts are asked how they are: the handlers of a refresh against raw `ssh` and pyinfra, at any distance; and what
 * memory and time for each host the handlers take.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostScript } from "../providers/tailnet/scripts";
import type { Fleet, State } from "./fleet";
import { inTurns, timed, type Finished, type Record_ } from "./measure";
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

/** Processes of ssh at a time. */
const PARALLEL = [16, 64, 256];

/** From so many hosts on, ssh runs with the number of processes that was best before, and pyinfra not at all: it is a matter of minutes. */
const LARGE = 500;

export async function converged(fleet: Fleet, record: Record_, options: ConvergedOptions): Promise<void> {
  for (const roundTripMs of options.roundTrips) {
    let best: string | undefined;
    for (const hosts of options.hosts) {
      await using relay = await startRelay(hosts, roundTripMs, fleet.targets);
      const { ports } = relay;
      const states = fleet.statesAt(ports);
      const { pyinfra, scratch } = options;
      const ours = async () => {
        const { seconds, stdout } = await readHosts(states);
        if (roundTripMs === options.roundTrips[0]) recordFootprint(record, hosts, stdout);
        return seconds;
      };
      const raw = Object.fromEntries(
        // What is not in the list is never faster: so many processes for so few hosts.
        PARALLEL.filter((count) => count === 16 || count <= hosts * 2)
          .map((count) => [`ssh -P ${count}`, count] as const)
          .filter(([who]) => hosts < LARGE || best === undefined || who === best)
          .map(([who, count]) => [who, () => askBySsh(ports, fleet.lab.identityFile, count)]),
      );
      const others: Record<string, () => Promise<number>> =
        pyinfra === undefined || hosts >= LARGE
          ? {}
          : { pyinfra: () => askByPyinfra(pyinfra, ports, fleet, scratch) };
      const fastest = { who: best, value: Infinity };
      await inTurns(options.roundsOf(hosts), { ours, ...raw, ...others }, (who, value) => {
        record({ part: "converged", who, at: { hosts, roundTripMs }, value, unit: "s" });
        if (who in raw && value < fastest.value) Object.assign(fastest, { who, value });
      });
      best = fastest.who;
    }
  }
}

/** The whole process: Node's start and the loading of the package are in it, as they are in the others. */
function readHosts(states: readonly State[]): Promise<Finished> {
  return timed(process.execPath, [join(__dirname, "reader.js")], { stdin: JSON.stringify(states) });
}

function recordFootprint(record: Record_, hosts: number, answer: string): void {
  const { memory, seconds } = JSON.parse(answer) as { memory: number; seconds: number };
  record({ part: "memory", who: "ours", at: { hosts }, value: memory, unit: "MB" });
  record({ part: "per host", who: "ours", at: { hosts }, value: (1000 * seconds) / hosts, unit: "ms" });
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
