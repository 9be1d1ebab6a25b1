/** Who gives way to a node that needs the name: one's own former node, an offline holder by policy; and when nobody does. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions, type Siblings } from "../../../providers";
import { FakeHeadscale, type FakeNode } from "../../support/fake-headscale";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const HOLDER: FakeNode = { id: "3", givenName: "web-1", ipAddresses: ["100.64.0.3"], tags: ["tag:app"] };
const NEW: FakeNode = { id: "7", givenName: "web-1-1", name: "web-1", nodeKey: "nodekey:77" };
const RECORDED = { nodeId: "3", addresses: ["100.64.0.3"], name: "web-1" };
const DELETE = "DELETE /api/v1/node/3";
const RENAME = "POST /api/v1/node/7/rename/web-1";
const LOGGED_OUT = "2020-01-01T00:00:00Z";

const ENV = { KEY: "hskey-auth-canary", API: "hskey-api-canary" };

let api: FakeHeadscale;
const start = async (holder: Partial<FakeNode> = {}) => {
  api = await FakeHeadscale.start({ ...HOLDER, ...holder }, NEW);
};
beforeEach(() => start());
afterEach(() => api[Symbol.asyncDispose]());

/** Joins a host that is node 7 afterwards, as web-1-1 while another holds the name. */
async function join(
  options: Partial<EnsureJoinedOptions>,
  machine: Record<string, string> = {},
  env: Readonly<Record<string, string>> = ENV,
) {
  const prefs = { ControlURL: api.url };
  const before = probeOutput({ backendState: "NeedsLogin", machine });
  const suffixed = probeOutput({ dnsName: "web-1-1.demo.mesh.", prefs, run: { code: 0, output: "" } });
  const session = fakeSession(before, suffixed, probeOutput({ prefs }));
  const warnings: string[] = [];
  const ctx = createContext(session, { env, warn: (text) => void warnings.push(text) });
  const keys = { auth_key_env: "KEY", api_key_env: "API" };
  const config = { login_server: api.url, tailnet_domain: "demo.mesh", ...keys };
  const node = await get("headscale").ensureJoined(ctx, { config, host: "web-1", tags: [], ...options });
  return { node, warnings };
}

const heldBySibling: Siblings = {
  others: () => [{ label: "mesh-db-1", nodeId: "3", loginServer: api.url }],
  hold: () => undefined,
};

describe("the node of an earlier run", () => {
  it("gives way to a new machine once it is offline, and is named in a warning", async () => {
    await api[Symbol.asyncDispose]();
    await start({ online: false });
    const { node, warnings } = await join({ recorded: RECORDED });
    expect(node).toMatchObject({ nodeId: "7", fqdn: "web-1.demo.mesh" });
    expect(api.acts.slice(-2)).toEqual([DELETE, RENAME]);
    expect(warnings).toEqual([expect.stringMatching(/another machine than before; its former node 3 was/)]);
  });

  it("gives way to a node that is found behind another address than before, which has been in the mesh all along", async () => {
    await api[Symbol.asyncDispose]();
    await start({ online: false });
    const prefs = { ControlURL: api.url };
    const session = fakeSession(
      probeOutput({ dnsName: "web-2.demo.mesh.", prefs: { ...prefs, Hostname: "web-2" } }),
      probeOutput({ dnsName: "web-1-1.demo.mesh.", prefs, run: { code: 0, output: "" } }),
      probeOutput({ prefs }),
    );
    const config = { login_server: api.url, tailnet_domain: "demo.mesh", api_key_env: "API" };
    const node = await get("headscale").ensureJoined(createContext(session, { env: ENV }), {
      ...{ config, host: "web-1", tags: [], recorded: RECORDED },
      reachFormer: () => Promise.resolve(undefined), // nobody answers there
    });
    expect(node).toMatchObject({ nodeId: "7", fqdn: "web-1.demo.mesh" });
    expect(api.acts).toEqual([DELETE, RENAME]);
  });

  it("gives way before the login when it was logged out: Headscale would never let the host in again", async () => {
    await api[Symbol.asyncDispose]();
    await start({ expiry: LOGGED_OUT });
    await join({ recorded: RECORDED });
    expect(api.server.calls.indexOf(DELETE)).toBe(2); // after the list and its own record, and before all else
  });

  it("gives way before the login when the client on the same machine has lost the state that it was by", async () => {
    await api[Symbol.asyncDispose]();
    await start({ machineKey: "mkey:old", online: false });
    const machine = { machine_id: "m1", client_key: "mkey:new" };
    await join({ recorded: { ...RECORDED, machine: { machineId: "m1" } } }, machine);
    expect(api.server.calls.indexOf(DELETE)).toBe(2);
  });

  it("stays when it is online: the machine may be a copy of the one that is at work by it", async () => {
    await api[Symbol.asyncDispose]();
    await start({ machineKey: "mkey:old", givenName: "web-9", name: "web-1" });
    const machine = { machine_id: "m1", client_key: "mkey:new" };
    await join({ recorded: { ...RECORDED, machine: { machineId: "m1" } } }, machine);
    expect(api.acts).not.toContain(DELETE);
  });

  it("stays when it has come back since the list was read", async () => {
    await api[Symbol.asyncDispose]();
    await start({ online: false });
    const list = api.server.routes["GET /api/v1/node"];
    if (typeof list !== "function") throw new Error("the fake lists its nodes by a function");
    api.server.routes["GET /api/v1/node"] = (body) => {
      const answer = list(body);
      api.nodes[0] = { ...api.nodes[0]!, online: true };
      return answer;
    };
    await expect(join({ onNameConflict: "replace-offline" })).rejects.toMatchObject({ kind: "name-taken" });
    expect(api.acts).not.toContain(DELETE);
  });

  it("stays when no auth key can be made for the login that it would give way to", async () => {
    await api[Symbol.asyncDispose]();
    await start({ expiry: LOGGED_OUT });
    api.server.routes["POST /api/v1/preauthkey"] = { status: 500, body: { code: 2, message: "no" } };
    const { KEY: _none, ...env } = ENV;
    await expect(join({ recorded: RECORDED }, {}, env)).rejects.toMatchObject({ kind: "control-server" });
    expect(api.acts).not.toContain(DELETE);
  });

  it.each<[string, Partial<FakeNode>, () => Partial<EnsureJoinedOptions>]>([
    [
      "it is another node by now",
      { ipAddresses: ["100.64.0.9"], online: false },
      () => ({ recorded: RECORDED }),
    ],
    [
      "it was of another control server",
      { online: false },
      () => ({ recorded: { ...RECORDED, loginServer: "https://x.example" } }),
    ],
    [
      "another declaration of the program holds it",
      { online: false },
      () => ({ recorded: RECORDED, siblings: heldBySibling }),
    ],
    ["there was none", { online: false }, () => ({})],
  ])("stays when %s", async (_why, holder, options) => {
    await api[Symbol.asyncDispose]();
    await start(holder);
    await expect(join(options())).rejects.toMatchObject({ kind: "name-taken" });
    expect(api.acts).not.toContain(DELETE);
  });
});

describe("a node that holds the name, and that nobody recorded", () => {
  it.each<[string, Partial<FakeNode>]>([
    ["it is online", {}],
    ["it is offline", { online: false }],
    ["it looks logged out: an admin may have expired it", { expiry: LOGGED_OUT }],
  ])("stays when %s", async (_why, holder) => {
    await api[Symbol.asyncDispose]();
    await start(holder);
    await expect(join({})).rejects.toMatchObject({ kind: "name-taken" });
    expect(api.acts).not.toContain(DELETE);
  });

  it.each<[string, Partial<FakeNode>, Partial<EnsureJoinedOptions>, RegExp]>([
    ["online", {}, {}, /the node 3 holds the name, and is online\. .*with onNameConflict replace-offline/],
    [
      "offline",
      { online: false },
      {},
      /the node 3 .* is offline\. Set onNameConflict to replace-offline, which/,
    ],
    [
      "online under that policy",
      {},
      { onNameConflict: "replace-offline" },
      /\(once it is offline it is removed\)/,
    ],
  ])("is named in the error, with what would help: one that is %s", async (_what, holder, options, text) => {
    await api[Symbol.asyncDispose]();
    await start(holder);
    const error: unknown = await join(options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "name-taken", host: "web-1" });
    expect(String(error)).toMatch(text);
  });

  it("is waited for when its host is about to give the name up: two of one program that swap theirs", async () => {
    const rename = api.server.routes[RENAME];
    if (typeof rename !== "function") throw new Error("the fake renames its nodes by a function");
    api.server.routes[RENAME] = (body) => {
      const answer = rename(body);
      api.nodes[0] = { ...api.nodes[0]!, givenName: "web-2" }; // its own turn comes a moment later
      return answer;
    };
    const others = () => [{ label: "mesh-web-2", name: "web-2", nodeId: "3", loginServer: api.url }];
    const { node } = await join({ siblings: { others, hold: () => undefined } });
    expect(node).toMatchObject({ fqdn: "web-1.demo.mesh" });
    expect(api.acts).toEqual([RENAME, RENAME]);
  });

  it("goes when it is offline and the policy says so", async () => {
    await api[Symbol.asyncDispose]();
    await start({ online: false });
    await join({ onNameConflict: "replace-offline" });
    expect(api.acts).toContain(DELETE);
  });

  it("stays under that policy while it is online, and when another declaration holds it", async () => {
    await expect(join({ onNameConflict: "replace-offline" })).rejects.toMatchObject({ kind: "name-taken" });
    await api[Symbol.asyncDispose]();
    await start({ online: false });
    const options = { onNameConflict: "replace-offline", siblings: heldBySibling } as const;
    await expect(join(options)).rejects.toMatchObject({ kind: "name-taken" });
    expect(api.acts).not.toContain(DELETE);
  });

  it("is not looked for where the API refuses to tell, unless the policy depends on it", async () => {
    api.server.routes["GET /api/v1/node"] = { status: 401 };
    api.server.routes["GET /api/v1/node/7"] = { status: 401 };
    const right = probeOutput({ prefs: { ControlURL: api.url } });
    const attempt = (onNameConflict: "fail" | "replace-offline") => {
      const session = fakeSession(probeOutput({ backendState: "NeedsLogin" }), right);
      const ctx = createContext(session, { env: { KEY: "hskey-auth-canary", API: "hskey-api-canary" } });
      const keys = { auth_key_env: "KEY", api_key_env: "API" };
      const config = { login_server: api.url, tailnet_domain: "demo.mesh", ...keys };
      return get("headscale").ensureJoined(ctx, { config, host: "web-1", tags: [], onNameConflict });
    };
    await expect(attempt("fail")).resolves.toMatchObject({ fqdn: "web-1.demo.mesh" });
    await expect(attempt("replace-offline")).rejects.toMatchObject({ kind: "key-invalid" });
  });
});
