/** Addresses that change within one program: each declaration finds the machine of another one at its new address. */
import { expect } from "@jest/globals";
import type { Lab } from "../../lab";
import { listNodes, mustLab, onHost } from "../integration/support/lab";
import type { Stack } from "../integration/support/stack";
import { fault } from "./support/record";
import { declare, GROUP as group, joined, mustBeNodes, mustRest } from "./support/who";

fault(
  {
    group,
    name: "a host gets the address of another one, which gets a new one, in one program",
    outcome: "each machine is the node of its name after two runs at most; no other node is there, or gone",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1", "web-2": "host-2" });
    await lab.resetHost("host-3");
    return await mustMove(lab, stack, { "web-1": "host-2", "web-2": "host-3" });
  },
);

fault(
  {
    group,
    name: "two hosts of one program change places: each gets the other's address",
    outcome: "each machine is the node of its name after two runs at most; both stay in the mesh",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1", "web-2": "host-2" });
    return await mustMove(lab, stack, { "web-1": "host-2", "web-2": "host-1" });
  },
);

fault(
  {
    group,
    name: "the client is purged by hand (`dpkg --purge`): refresh, `up`, destroy",
    outcome:
      "the host's former node gives way to the new one, by its recorded id; destroy leaves none listed",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    const purge = "systemctl stop tailscaled; dpkg --purge tailscale; rm -rf /var/lib/tailscale";
    await onHost(lab, "host-1", "sh", "-c", purge);
    const refreshed = await stack.refresh();
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).not.toMatch(/deleted/);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    expect((await stack.destroy()).code).toBe(0);
    expect(await listNodes(lab)).toEqual([]);
  },
);

/** One run, or two of which the first may fail; then nothing is to be done, and destroy leaves nothing. */
async function mustMove(lab: Lab, stack: Stack, hosts: Readonly<Record<string, string>>): Promise<string> {
  declare(lab, stack, hosts);
  const first = await stack.up();
  if (first.code !== 0) await stack.mustUp();
  await mustBeNodes(lab, hosts);
  await mustRest(stack);
  expect((await stack.destroy()).code).toBe(0);
  expect(await listNodes(lab)).toEqual([]);
  return first.code === 0 ? "after one run" : "after two runs";
}
