/** Reads hosts as a refresh does, in one process: the states come as JSON on the standard input. */
import { text } from "node:stream/consumers";
import { read } from "../mesh/handlers";
import { countTraffic } from "./traffic";
import type { State } from "./fleet";

async function main(): Promise<void> {
  const states = JSON.parse(await text(process.stdin)) as State[];
  const traffic = countTraffic();
  const start = performance.now();
  const answers = await Promise.all(states.map((state, at) => read(`host-${at}`, state)));
  const seconds = (performance.now() - start) / 1000;
  const lost = answers.filter(({ props }) => props?.["nodeId"] === undefined || props["drift"] !== undefined);
  if (lost.length > 0)
    throw new Error(`${lost.length} of them are not as they were: ${JSON.stringify(lost[0])}`);
  const memory = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, memory, traffic }));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
