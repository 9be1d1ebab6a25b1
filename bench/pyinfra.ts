/** pyinfra from PyPI, in a folder of its own; where there is none, the reason. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../lab/system/command";

const FOLDER = join(homedir(), ".cache/pulumi-mesh/bench-pyinfra");

export interface Found {
  readonly program?: string;
  readonly reason?: string;
}

export async function findPyinfra(): Promise<Found> {
  const program = join(FOLDER, "bin/pyinfra");
  if (existsSync(program)) return { program };
  for (const command of [
    ["python3", "-m", "venv", FOLDER],
    [join(FOLDER, "bin/pip"), "install", "--quiet", "pyinfra"],
  ]) {
    const { code, stderr } = await run(command, { deadline: 180_000 });
    if (code !== 0) return { reason: `pyinfra: ${stderr.trim().split("\n").at(-1) ?? command.join(" ")}` };
  }
  return { program };
}
