import { describe, expect, it } from "@jest/globals";
import type { ApiNode, ControlServerApi } from "../../../providers/control-server/api";
import {
  judgeRecorded,
  offlineHolders,
  proveRecorded,
  proveRefused,
  proveShown,
} from "../../../providers/control-server/proof";

const RECORD: ApiNode = {
  nodeId: "7",
  name: "web-1",
  hostname: "web-1",
  addresses: ["100.64.0.1", "fd7a:115c:a1e0::1"],
  nodeKey: "nodekey:aa",
  online: true,
  tags: [],
};
const RECORDED = { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" };
const SHOWN = { nodeId: "7", addresses: RECORD.addresses, nodeKey: "nodekey:aa" };

/** An API that has these nodes, and says what it was asked for. */
function apiWith(...nodes: ApiNode[]): ControlServerApi & { readonly asked: string[] } {
  const asked: string[] = [];
  const refuse = () => Promise.reject(new Error("a proof changes nothing"));
  return {
    asked,
    listNodes: () => Promise.resolve(nodes),
    readNode(nodeId) {
      asked.push(nodeId);
      return Promise.resolve(nodes.find((node) => node.nodeId === nodeId));
    },
    findNode: refuse,
    changed: () => undefined,
    setTags: refuse,
    rename: refuse,
    deleteNode: refuse,
    approve: refuse,
    knownTags: () => Promise.resolve(undefined),
    readRoutes: refuse,
    disableKeyExpiry: refuse,
    approveRoutes: refuse,
    mintKey: refuse,
  };
}

describe("the node that was recorded", () => {
  it.each<[string, Partial<ApiNode>]>([
    ["as it was", {}],
    ["renamed there, which asked for the same hostname", { name: "web-1-1", nodeKey: "nodekey:bb" }],
    ["logged in anew, with its name", { nodeKey: "nodekey:bb" }],
    ["of a server that says neither hostname nor key", { hostname: undefined, nodeKey: undefined }],
    ["with one of its addresses", { addresses: ["100.64.0.1", "100.64.0.9"] }],
  ])("is proven %s", async (_how, parts) => {
    const record = { ...RECORD, ...parts };
    expect(await proveRecorded(apiWith(record), RECORDED)).toEqual({ ok: true, node: record });
  });

  it.each<[string, Partial<ApiNode>]>([
    ["another's addresses: the database was restored", { addresses: ["100.64.0.2"] }],
    ["no address", { addresses: [] }],
    ["the addresses and a key that a host can claim, but another name", { name: "db-1", hostname: "db-1" }],
    ["the addresses, another name, and no key", { name: "db-1", hostname: "db-1", nodeKey: undefined }],
  ])("is in doubt with %s", async (_how, parts) => {
    expect(await proveRecorded(apiWith({ ...RECORD, ...parts }), RECORDED)).toMatchObject({
      ok: false,
      why: "doubt",
      doubt: expect.stringMatching(/^the node 7 is .* by now, and not web-1 \(100\.64\.0\.1\)$/),
    });
  });

  it("is in doubt when nothing but its id was recorded", () => {
    expect(judgeRecorded(RECORD, { ...RECORDED, addresses: [] })).toMatchObject({ why: "doubt" });
  });

  it("is in doubt when the record is of another id", () => {
    expect(judgeRecorded({ ...RECORD, nodeId: "8" }, RECORDED)).toMatchObject({ why: "doubt" });
  });

  it("is gone when the API says so, and only its own id is asked for", async () => {
    const api = apiWith({ ...RECORD, nodeId: "8" });
    expect(await proveRecorded(api, RECORDED)).toEqual({ ok: false, why: "gone" });
    expect(api.asked).toEqual(["7"]);
  });

  it("is not gone when the API cannot be asked", async () => {
    const api = { ...apiWith(), readNode: () => Promise.reject(new Error("bad gateway")) };
    await expect(proveRecorded(api, RECORDED)).rejects.toThrow("bad gateway");
  });
});

describe("the node that a host shows", () => {
  it.each<[string, Partial<ApiNode>]>([
    ["as it is", {}],
    ["which the control server renamed", { name: "web-1-1" }],
    ["which an admin gave this name", { hostname: "ubuntu" }],
    ["of a server that shows no key", { nodeKey: undefined }],
    ["of a server that says no hostname", { hostname: undefined }],
  ])("is proven %s", async (_how, parts) => {
    const record = { ...RECORD, ...parts };
    expect(await proveShown(apiWith(record), "web-1", SHOWN)).toEqual({ ok: true, node: record });
  });

  it.each<[string, Partial<ApiNode>]>([
    ["name: a host that claims another's id", { name: "db-1", hostname: "db-1" }],
    ["name, of a server that says no hostname", { name: "db-1", hostname: undefined }],
    ["key: a host that claims its namesake's id", { nodeKey: "nodekey:bb" }],
    ["addresses", { addresses: ["100.64.0.9"] }],
  ])("is in doubt with another %s", async (_how, parts) => {
    const proof = await proveShown(apiWith({ ...RECORD, ...parts }), "web-1", SHOWN);
    expect(proof).toMatchObject({ ok: false, why: "doubt" });
  });

  it("is gone when the API says so", async () => {
    expect(await proveShown(apiWith(), "web-1", SHOWN)).toEqual({ ok: false, why: "gone" });
  });
});

describe("the node whose login was refused", () => {
  const other: ApiNode = { ...RECORD, nodeId: "8", nodeKey: "nodekey:bb", loggedOut: true, online: false };
  const then = (before: readonly ApiNode[], host = "web-1") => ({ host, before });
  const older = { ...other, nodeKey: "nodekey:00" };

  it("is the logged-out one that has taken a key that was tried just now, whatever its name", () => {
    const named = { ...other, name: "db-1", hostname: "db-1" };
    const nodes = [{ ...RECORD, loggedOut: true }, named];
    expect(proveRefused(nodes, ["nodekey:cc", "nodekey:bb"], then([older]))).toBe(named);
  });

  it("is the logged-out one of the machine with this key, when it has the host's name and is offline", () => {
    const own = { ...other, nodeKey: "nodekey:dd", machineKey: "mkey:aa" };
    expect(proveRefused([own], ["mkey:aa"], then([own]))).toBe(own);
    expect(proveRefused([own], ["mkey:aa"], then([own], "front-1"))).toBeUndefined();
    expect(proveRefused([{ ...own, online: true }], ["mkey:aa"], then([own]))).toBeUndefined();
  });

  it.each<[string, ApiNode[], string[], ApiNode[]]>([
    ["its key was that before, and a host that lies can print it", [other], ["nodekey:bb"], [other]],
    ["no node holds the key", [other], ["nodekey:cc"], [older]],
    ["no key was tried", [{ ...other, nodeKey: undefined }], [], [older]],
    ["it is not logged out", [{ ...other, loggedOut: false }], ["nodekey:bb"], [older]],
    ["the API does not say that it is", [{ ...other, loggedOut: undefined }], ["nodekey:bb"], [older]],
  ])("is none when %s", (_why, nodes, tried, before) => {
    expect(proveRefused(nodes, tried, then(before))).toBeUndefined();
  });
});

it("only offline nodes of exactly that name may go for it", () => {
  const nodes = [
    { ...RECORD, nodeId: "1" },
    { ...RECORD, nodeId: "2", online: false },
    { ...RECORD, nodeId: "3", online: false, name: "web-1-1" },
    { ...RECORD, nodeId: "4", online: false, name: "db-1", hostname: "web-1" },
  ];
  expect(offlineHolders(nodes, "web-1").map(({ nodeId }) => nodeId)).toEqual(["2"]);
});
