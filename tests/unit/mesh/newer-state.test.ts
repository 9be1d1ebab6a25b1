/** States that a newer version wrote: an older one reads and deletes what they describe, and keeps what it does not know. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { check, delete as remove, diff, read, update } from "../../../mesh/handlers";
import { stateSchema } from "../../../mesh/state";
import { register } from "../../../providers";

const calls: string[] = [];
beforeEach(() => void calls.splice(0));

const node = {
  ...{ fqdn: "web-1.lan", addresses: ["100.64.0.1"], nodeId: "7", tags: [] },
  ...{ clientVersion: "1.102.0", loginServer: "https://lan" },
};
register({
  id: "newer-state",
  nodeFQDN: (host) => `${host}.lan`,
  ensureInstalled: () => Promise.resolve(),
  ensureJoined: () => Promise.resolve(node),
  inspect: (_ctx, { host }) => {
    calls.push(`inspect ${host}`);
    return Promise.resolve(node);
  },
  ensureLeft: (_ctx, { host }) => {
    calls.push(`leave ${host}`);
    return Promise.resolve({ outcome: "removed" });
  },
});

const connection = {
  host: "203.0.113.8",
  keepAlive: 5,
  proxy: { host: "203.0.113.1", keepAlive: 5, port: 2222 },
};
const inputs = { name: "web-1", provider: "newer-state", config: {}, connection };
const state = {
  ...inputs,
  ...{ tags: [], flags: {}, fqdn: "web-1.lan", addresses: ["100.64.0.1"], nodeId: "7" },
  ...{ stateVersion: 9, onClone: "ask", extraTags: "some", hostKeyPolicy: "dnssec", newField: { a: 1 } },
};

describe("a state of a newer version", () => {
  it("is refreshed, and its connection stays as it was written", async () => {
    const { props } = await read("web-1", state);
    expect(calls).toEqual(["inspect web-1"]);
    expect(props).toMatchObject({ connection, nodeId: "7" });
  });

  it("is left by a delete", async () => {
    await remove("web-1", state);
    expect(calls).toEqual(["leave web-1"]);
  });

  it("is updated by inputs of today", async () => {
    const { outs } = await update("web-1", state, { ...inputs, connection: "local", tags: ["tag:a"] });
    expect(outs).toMatchObject({ connection: "local", nodeId: "7" });
    expect(await diff("web-1", state, inputs)).toMatchObject({ changes: expect.any(Boolean) });
  });

  it("is read with the most careful policies in the place of those that are not known; what destroy does is not guessed", () => {
    expect(stateSchema.parse(state)).toMatchObject({
      ...{ onClone: "fail", extraTags: "keep", hostKeyPolicy: "strict" },
    });
    expect(stateSchema.safeParse({ ...state, onDestroy: "archive" }).success).toBe(false);
  });
});

it("inputs are read strictly: a key that is not known is a mistake there", async () => {
  const { failures } = await check({}, inputs);
  expect(failures.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('connection.proxy: unknown key "keepAlive"'),
    expect.stringContaining('connection: unknown key "keepAlive"'),
  ]);
  await expect(update("web-1", state, inputs)).rejects.toThrow(/connection: unknown key "keepAlive"/);
});
