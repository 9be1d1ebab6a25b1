/** What `--parallel` of the engine is worth: a refresh of far hosts, for which a handler mostly waits. */
import type { Fleet } from "./fleet";
import { inTurns, type Record_ } from "./measure";
import { startRelay } from "./relays";
import { openStack } from "./stack";

export interface ParallelOptions {
  readonly hosts: number;
  readonly roundTripMs: number;
  readonly rounds: number;
  readonly scratch: string;
}

export async function parallel(fleet: Fleet, record: Record_, options: ParallelOptions): Promise<void> {
  const { hosts, roundTripMs, rounds, scratch } = options;
  await using relay = await startRelay(hosts, roundTripMs, fleet.targets);
  const stack = await openStack("hosts", fleet.lab, relay.ports, scratch);
  await stack.run("up");
  const contestants: Record<string, () => Promise<number>> = {};
  for (const count of [undefined, 16, 64, 256])
    contestants[count === undefined ? "default" : `--parallel ${count}`] = () =>
      stack.run("refresh", { parallel: count });
  await inTurns(rounds, contestants, (who, value) =>
    record({ part: "parallel", who, at: { hosts, roundTripMs }, value, unit: "s" }),
  );
}
