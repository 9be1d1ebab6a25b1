/** The node that is in the way of a host which was logged out: found also while the control server says that it is online. */
import { expect, it } from "@jest/globals";
import { createContext } from "../../../providers";
import type { ApiNode, ControlServerApi } from "../../../providers/control-server/api";
import { RefusedForLogout, removeRefused } from "../../../providers/tailnet/join/refused";
import type { Target } from "../../../providers/tailnet/target";
import { fakeSession } from "./fake-session";

const OLD: ApiNode = {
  ...{ nodeId: "3", name: "web-1", addresses: ["100.64.0.3"], tags: ["tag:app"] },
  ...{ nodeKey: "nodekey:33", machineKey: "mkey:aa", online: true, loggedOut: true },
};

async function remove(...lists: readonly (readonly ApiNode[])[]) {
  const deleted: string[] = [];
  let asked = 0;
  const api: Partial<ControlServerApi> = {
    listNodes: () => Promise.resolve(lists[Math.min(asked++, lists.length - 1)]!),
    deleteNode: ({ nodeId }) => Promise.resolve(void deleted.push(nodeId)),
  };
  const target = {
    api,
    ctx: createContext(fakeSession(), { env: {} }),
    host: "web-1",
    network: { knownAs: [] },
  };
  // The key that it tried with is another one by now: the client tries with a new one each time.
  const error = new RefusedForLogout("web-1", "server says NodeKeyExpired: nodekey:44", "mkey:aa");
  const removed = await removeRefused(target as unknown as Target, {}, error, [OLD]);
  return { removed, deleted, asked };
}

it("waits until the control server notices that the host has left, then removes the node", async () => {
  expect(await remove([OLD], [{ ...OLD, online: false }])).toEqual({
    removed: true,
    deleted: ["3"],
    asked: 2,
  });
});

it("waits for no node that is not this machine's", async () => {
  expect(await remove([{ ...OLD, machineKey: "mkey:bb" }])).toEqual({
    removed: false,
    deleted: [],
    asked: 1,
  });
});
