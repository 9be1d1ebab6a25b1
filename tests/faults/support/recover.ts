/** What a user has to do after a killed run, before the next `pulumi up`; docs/reliability.md says the same. */
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lab } from "../../../lab";
import type { Run, Stack } from "../../integration/support/stack";

/** Where the lab's file backend keeps the state of a stack; the former one lies beside it, with `.bak` at its end. */
export function stateFile(lab: Lab, stack: Stack): string {
  const [, project, name] = stack.reference.split("/");
  const backend = fileURLToPath(lab.env["PULUMI_BACKEND_URL"]!);
  return join(backend, ".pulumi/stacks", project!, `${name!}.json`);
}

/** Removes the lock that the killed CLI left. */
export async function cancel(stack: Stack): Promise<void> {
  await stack["run"](["cancel", "--yes", "--stack", stack.name]);
}

/**
 * Cancels. A CLI that died while it wrote a file backend's state left it cut, and
 * the backup beside it has to take its place.
 */
export async function recover(lab: Lab, stack: Stack): Promise<"whole" | "cut"> {
  await cancel(stack);
  const file = stateFile(lab, stack);
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return "whole";
  } catch {
    copyFileSync(`${file}.bak`, file);
    return "cut";
  }
}

/** Makes Pulumi forget the creates that were interrupted, once they are done: until then it warns of them at every run. */
export async function clearPendingCreates(stack: Stack): Promise<Run> {
  return stack.refresh("--clear-pending-creates");
}
