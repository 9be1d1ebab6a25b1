/** Takes a lab down, from its name alone, whatever is left of it. Only the cache stays. */
import { readdir, rm } from "node:fs/promises";
import { stopHeadscale } from "../control/headscale";
import { listContainers, removeContainers } from "../hosts/boot";
import { stopMirrorServer } from "../mirror/daemon";
import { setHostsEntry } from "../network/hosts-file";
import { labNames } from "../network/names";
import { removeNetwork } from "../network/network";
import { labsDir } from "../system/files";
import { withLock } from "../system/lock";
import { type Log, silent } from "../system/log";
import { labPaths } from "../paths";
import { isAbandoned, loadState } from "./state";

export async function takeDown(name: string, log: Log = silent): Promise<void> {
  const onWait = () => log(`waiting for another command on the lab ${name} ...`);
  await withLock(`lab-${name}`, () => remove(name), { onWait });
}

async function remove(name: string): Promise<void> {
  const paths = labPaths(name);
  await removeContainers(await listContainers(name));
  await Promise.all([stopHeadscale(paths), stopMirrorServer(paths)]);
  await removeNetwork(name);
  await setHostsEntry(labNames(name).marker);
  // The state goes last: as long as anything is left, the lab is known.
  await rm(paths.root, { recursive: true, force: true });
}

/** The names of all labs of this user, sorted. */
export async function listLabs(): Promise<string[]> {
  const entries = await readdir(labsDir(), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Takes down the labs whose name begins with `prefix` and whose owner, a test run for instance, has ended. */
export async function removeStaleLabs(prefix: string, log: Log = silent): Promise<string[]> {
  const removed: string[] = [];
  for (const name of (await listLabs()).filter((each) => each.startsWith(prefix))) {
    const state = await loadState(name).catch(() => undefined);
    if (state !== undefined && !(await isAbandoned(state))) continue;
    log(`taking down the abandoned lab ${name} ...`);
    await takeDown(name, log);
    removed.push(name);
  }
  return removed;
}
