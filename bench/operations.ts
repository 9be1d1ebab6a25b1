/** (c) Pulumi's operations on N hosts, against as many dynamic resources that do nothing; the bytes of their state on the way. */
import type { Fleet } from "./fleet";
import type { Record_ } from "./measure";
import { startRelay } from "./relays";
import { openStack, type BenchStack } from "./stack";

export interface OperationsOptions {
  readonly hosts: readonly number[];
  readonly roundsOf: (hosts: number) => number;
  readonly scratch: string;
}

/** In the order of a stack's life; an unchanged `up` comes after a refresh, as a user would run it. */
const LIFE = [
  ["preview", "preview"],
  ["up", "up"],
  ["refresh", "refresh"],
  ["unchanged up", "up"],
  ["destroy", "destroy"],
] as const;

export async function operations(fleet: Fleet, record: Record_, options: OperationsOptions): Promise<void> {
  for (const hosts of options.hosts) {
    await using relay = await startRelay(hosts, 0, fleet.targets);
    const stacks: Record<string, BenchStack> = {
      ours: await openStack("hosts", fleet.lab, relay.ports, options.scratch),
      floor: await openStack("floor", fleet.lab, relay.ports, options.scratch),
    };
    for (let round = 0; round < options.roundsOf(hosts); round++)
      for (const [part, operation] of LIFE)
        for (const [who, stack] of Object.entries(stacks)) {
          const value = await stack.run(operation);
          record({ part, who, at: { hosts }, value, unit: "s" });
          if (part !== "up") continue;
          const bytes = stack.stateBytes() / hosts;
          record({ part: "state", who, at: { hosts }, value: bytes, unit: "bytes a host" });
        }
  }
}
