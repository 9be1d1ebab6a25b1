/** (d) From `pulumi up` to the first SSH packet, taken apart: what is Pulumi's, and what is ours. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "./fleet";
import type { Record_ } from "./measure";
import { startRelay } from "./relays";
import { openStack } from "./stack";

const STEPS = ["program", "sdk", "package", "first packet"] as const;
const NAMES: Readonly<Record<(typeof STEPS)[number], string>> = {
  program: "the engine starts the program",
  sdk: "the program loads Pulumi's SDK",
  package: "the program loads this package",
  "first packet": "resources are registered, the provider process starts and dials",
};

export async function firstPacket(
  fleet: Fleet,
  record: Record_,
  { rounds, scratch }: { readonly rounds: number; readonly scratch: string },
): Promise<void> {
  await using relay = await startRelay(1, 0, fleet.targets);
  const stack = await openStack("hosts", fleet.lab, relay.ports, scratch);
  for (let round = 0; round < rounds; round++) {
    const file = join(scratch, `marks-${round}`);
    relay.takeFirst();
    let last = Date.now();
    await stack.run("up", { env: { BENCH_MARKS: file } });
    const marks = new Map(readFileSync(file, "utf8").split("\n").map(asMark));
    marks.set("first packet", relay.takeFirst()!);
    for (const step of STEPS) {
      const value = (marks.get(step)! - last) / 1000;
      record({ part: "first packet", who: NAMES[step], at: { hosts: 1 }, value, unit: "s" });
      last = marks.get(step)!;
    }
    await stack.run("destroy");
  }
}

function asMark(line: string): [string, number] {
  const [what = "", when] = line.split(" ");
  return [what, Number(when)];
}
