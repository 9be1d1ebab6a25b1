/** Installs and joins hosts as `pulumi up` does, in one process: the inputs come as JSON on the standard input. */
import { text } from "node:stream/consumers";
import { create } from "../mesh/handlers";
import type { State } from "./fleet";

async function main(): Promise<void> {
  const inputs = JSON.parse(await text(process.stdin)) as State[];
  await Promise.all(inputs.map((each) => create(each)));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
