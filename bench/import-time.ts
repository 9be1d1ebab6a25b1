/** (e) How long a program waits for the package to be loaded. */
import { timed, type Record_ } from "./measure";
import { projectRoot } from "../lab/system/files";

/** Milliseconds of the SDK, and of this package after it. */
const IMPORTS = `
  const start = performance.now();
  require("@pulumi/pulumi");
  const sdk = performance.now();
  require(${JSON.stringify("./dist/mesh/index.js")});
  console.log(JSON.stringify({ sdk: sdk - start, ours: performance.now() - sdk }));
`;

export async function importTime(record: Record_, { rounds }: { readonly rounds: number }): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await timed(process.execPath, ["-e", IMPORTS], { cwd: projectRoot() });
    for (const [who, value] of Object.entries(JSON.parse(stdout) as Record<string, number>))
      record({ part: "import", who, at: {}, value, unit: "ms" });
  }
}
