/** The compiled package, for what is tested in a process of its own. */
import { execFileSync } from "node:child_process";
import { ROOT } from "../../support/pages";

/** Compiles what has changed, unless the run has begun with that. */
export function build(): void {
  if (process.env["MESH_TEST_BUILT"] === undefined)
    execFileSync("npm", ["run", "-s", "build"], { cwd: ROOT, stdio: "inherit" });
}
