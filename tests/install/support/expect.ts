/** What holds for every cell. */
import { expect } from "@jest/globals";
import { listNodes } from "../../integration/support/lab";
import { inspect, install, nodeName, uninstall, type Pass, type Settings, type User } from "./client";
import type { TestHost } from "./host";
import { altered, changes, leftovers, listFiles, type Listing } from "./listing";
import { eventually } from "../../support/eventually";

/** The newest stable version that the lab's mirror has, and the one before. */
export const NEWEST = "1.102.0";
export const OLD = "1.98.1";

const NODE = { tags: ["tag:app"], online: true };

const daemon = (host: TestHost) => host.must("pgrep -x tailscaled | sort");

/** A host that is right costs one connection and one command; nothing is said, and nothing on it changes. */
export async function mustRest(host: TestHost, user: User, settings: Settings = {}): Promise<void> {
  const [files, pids] = [await listFiles(host), await daemon(host)];
  const { connections, execs, progress, warnings } = await install(host, user, settings);
  expect({ connections, execs, progress, warnings }).toEqual({
    connections: 1,
    execs: ["probe"],
    progress: [],
    warnings: [],
  });
  expect(changes(files, await listFiles(host))).toEqual([]);
  expect(await daemon(host)).toBe(pids);
}

/** A fresh host: at most four commands, one connection. */
export function mustBeCheap({ connections, execs }: Pass<unknown>): void {
  expect(connections).toBe(1);
  expect(execs.slice(4)).toEqual([]);
}

/** The control server lists the node, and refresh says how its client came. */
export async function mustBeNode(host: TestHost, user: User, installedBy: string): Promise<void> {
  const find = async () => (await listNodes(host.lab)).filter(({ name }) => name === nodeName(host));
  const isListed = async () => expect(await find()).toMatchObject([NODE]);
  await eventually(isListed, { timeout: 20_000, interval: 500 });
  expect(await inspect(host, user)).toMatchObject({ installedBy });
}

/** After a restart the node is back by itself; without an init system nobody starts the daemon, and the next run does. */
export async function mustComeBack(host: TestHost, user: User, settings: Settings = {}): Promise<void> {
  await host.reboot();
  if (host.target.init === "none") {
    expect(await host.awaitDaemon(5)).toBe("none");
    // The node may use an exit node or others' routes: its start is guarded, as every one is.
    expect((await install(host, user, settings)).progress).toEqual([
      "starting tailscaled",
      "this step can cut the connection: the host undoes it unless it can be reached after it",
      "connecting again",
    ]);
  }
  expect(await host.awaitDaemon(60)).toBe("Running");
}

/** After an uninstall the disk holds what it held before the installation. */
export async function mustLeaveNothing(host: TestHost, user: User, before: Listing): Promise<void> {
  await uninstall(host, user);
  const after = await listFiles(host);
  expect(leftovers(before, after)).toEqual([]);
  expect(altered(before, after)).toEqual([]);
  expect((await host.try("pgrep -x tailscaled")).stdout).toBe("");
}
