/** States of version 1, which called the connection `transport`: every handler reads them. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { check, create, delete as remove, diff, read, update } from "../../../mesh/handlers";
import { register } from "../../../providers";

/** What the network provider was asked to do. */
const calls: string[] = [];
beforeEach(() => void calls.splice(0));

const node = (host: string) => ({
  ...{ fqdn: `${host}.lan`, addresses: ["100.64.0.1"], nodeId: "7", tags: [] },
  ...{ clientVersion: "1.102.0", loginServer: "https://lan" },
});

register({
  id: "old-state",
  nodeFQDN: (host) => `${host}.lan`,
  ensureInstalled: async ({ session }) => {
    // Proves that the connection was understood: `local` runs here.
    const { stdout } = await session.exec(["echo", "reached"], { label: "look" });
    calls.push(`install ${stdout.trim()}`);
  },
  ensureJoined: (_ctx, { host }) => {
    calls.push(`join ${host}`);
    return Promise.resolve(node(host));
  },
  inspect: async ({ session }, { host }) => {
    const { stdout } = await session.exec(["echo", "reached"], { label: "look" });
    calls.push(`inspect ${stdout.trim()}`);
    return node(host);
  },
  ensureLeft: async ({ session }) => {
    const { stdout } = await session.exec(["echo", "reached"], { label: "look" });
    calls.push(`leave ${stdout.trim()}`);
    return { outcome: "removed" };
  },
});

const words = { name: "web-1", provider: "old-state", config: {}, tags: [], flags: {}, fqdn: "web-1.lan" };
const inputs = { ...words, connection: "local" };
const oldInputs = { ...words, transport: "local" };
const oldState = {
  ...oldInputs,
  ...{ extraFlags: {}, hostKeyPolicy: "pin", onDestroy: "remove", onNameConflict: "fail" },
  ...{ onTailnetMismatch: "fail", onUnreachable: "warn" },
  ...{ stateVersion: 1, addresses: ["100.64.0.1"], nodeId: "7", __provider: "code" },
};

describe("a state of version 1", () => {
  it("passes check, in its own words: the engine encrypts by name", async () => {
    expect(await check(oldInputs, oldInputs)).toEqual({ inputs: oldInputs, failures: [] });
    const wrong = { ...oldInputs, transport: { host: "h", prot: 22 } };
    expect((await check({}, wrong)).failures).toEqual([
      { property: "args", reason: 'connection: unknown key "prot"; did you mean "port"?' },
    ]);
  });

  it("is no difference by itself, and a changed connection is one", async () => {
    expect(await diff("web-1", oldState, inputs)).toEqual({ changes: false });
    const moved = { ...inputs, connection: { host: "203.0.113.8" } };
    expect(await diff("web-1", oldState, moved)).toEqual({ changes: true });
  });

  it("becomes one of today with an update, also of a policy alone", async () => {
    for (const change of [{ tags: ["tag:a"] }, { onDestroy: "keep" }]) {
      const { outs } = await update("web-1", oldState, { ...inputs, ...change });
      expect(outs).toMatchObject({ stateVersion: 4, connection: "local", nodeId: "7", ...change });
      expect(outs).not.toHaveProperty("transport");
    }
    expect(calls).toEqual(["install reached", "join web-1"]);
  });

  it("has inputs that create reads", async () => {
    const { outs } = await create(oldInputs);
    expect(outs).toMatchObject({ stateVersion: 4, connection: "local", nodeId: "7" });
  });

  it("stays one of version 1 in a refresh, so that its secrets stay encrypted under their name", async () => {
    const { props } = await read("web-1", oldState);
    expect(props).toMatchObject({ stateVersion: 1, transport: "local", nodeId: "7" });
    expect(props).not.toHaveProperty("connection");
    expect(await diff("web-1", props!, inputs)).toEqual({ changes: false });
    expect(calls).toEqual(["inspect reached"]);
  });

  it("is left by a delete", async () => {
    await remove("web-1", oldState);
    expect(calls).toEqual(["leave reached"]);
  });
});
