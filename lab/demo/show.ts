/** Runs a program that a person watches. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { LabError } from "../error";
import { projectRoot } from "../system/files";

/** In the project's folder, where Pulumi.yaml is, wherever the demo was started. Throws when the program fails. */
export async function show(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { env, cwd: projectRoot(), stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new LabError(
      `${program} ended with ${code ?? "a signal"}`,
      "The lab is still up: run the demo again.",
    );
}
