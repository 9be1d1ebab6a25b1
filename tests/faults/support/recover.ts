/** What a user has to do after a killed run, before the next `pulumi up`; docs/reliability.md says the same. */
import { copyFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Lab } from "../../../lab";
import type { Stack } from "../../integration/support/stack";

/**
 * Removes the lock that the killed CLI left. A CLI that died while it wrote a file backend's state left it empty, and
 * the backup beside it has to take its place.
 */
export async function recover(lab: Lab, stack: Stack): Promise<"whole" | "empty"> {
  await stack["run"](["cancel", "--yes", "--stack", stack.name]);
  const [, project, name] = stack.reference.split("/");
  const backend = fileURLToPath(lab.env["PULUMI_BACKEND_URL"]!);
  const state = join(backend, ".pulumi/stacks", project!, `${name!}.json`);
  if (statSync(state).size > 0) return "whole";
  copyFileSync(`${state}.bak`, state);
  return "empty";
}
