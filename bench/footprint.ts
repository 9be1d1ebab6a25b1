/** (e) The memory of the process that reads N hosts, and how long a program waits for the package to be loaded. */
import { join } from "node:path";
import type { Fleet } from "./fleet";
import { timed, type Record_ } from "./measure";
import { startRelay } from "./relays";
import { projectRoot } from "../lab/system/files";

/** Milliseconds of the SDK, and of this package after it. */
const IMPORTS = `
  const start = performance.now();
  require("@pulumi/pulumi");
  const sdk = performance.now();
  require(${JSON.stringify("./dist/mesh/index.js")});
  console.log(JSON.stringify({ sdk: sdk - start, ours: performance.now() - sdk }));
`;

export async function footprint(
  fleet: Fleet,
  record: Record_,
  { hosts, rounds }: { readonly hosts: readonly number[]; readonly rounds: number },
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await timed(process.execPath, ["-e", IMPORTS], { cwd: projectRoot() });
    for (const [who, value] of Object.entries(JSON.parse(stdout) as Record<string, number>))
      record({ part: "import", who, at: {}, value, unit: "ms" });
  }
  for (const count of hosts) {
    await using relay = await startRelay(count, 0, fleet.targets);
    const stdin = JSON.stringify(fleet.statesAt(relay.ports));
    const { stdout } = await timed(process.execPath, [join(__dirname, "reader.js")], { stdin });
    const { memory, seconds } = JSON.parse(stdout) as { memory: number; seconds: number };
    record({ part: "memory", who: "ours", at: { hosts: count }, value: memory, unit: "MB" });
    record({
      part: "per host",
      who: "ours",
      at: { hosts: count },
      value: (1000 * seconds) / count,
      unit: "ms",
    });
  }
}
