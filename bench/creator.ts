/** Installs and joins hosts as `pulumi up` does, in one process: the inputs come as JSON on the standard input. */
import { text } from "node:stream/consumers";
import { create } from "../mesh/handlers";
import type { State } from "./fleet";
import { countTraffic } from "./traffic";

async function main(): Promise<void> {
  const inputs = JSON.parse(await text(process.stdin)) as State[];
  const traffic = countTraffic();
  const created = await Promise.all(inputs.map((each) => create(each)));
  process.stdout.write(JSON.stringify({ joined: created.map(({ outs }) => outs), traffic }));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
