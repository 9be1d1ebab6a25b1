import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import type { ProvenNode } from "../../../providers/control-server/proof";
import { ApiServer } from "../../support/api-server";

const NODE = { nodeId: "7" } as ProvenNode;
const LIST = "GET /api/v1/node";
const READ = "GET /api/v1/node/7";
const DELETE = "DELETE /api/v1/node/7";

/** As Headscale 0.29 lists one. */
const WIRE = {
  id: "7",
  machineKey: "mkey:5cb1",
  nodeKey: "nodekey:1886",
  ipAddresses: ["fd7a:115c:a1e0::1", "100.64.0.1"],
  name: "WEB-1",
  givenName: "web-1",
  lastSeen: "2026-01-01T00:00:00Z",
  expiry: null,
  preAuthKey: { id: "3", ephemeral: false },
  online: true,
  tags: ["tag:b", "tag:a"],
};
/** Words of 0.27 to 0.29, and of the release after it. */
const NO_NODE = { status: 404, body: { code: 5, message: "node not found", details: [] } };
const NO_NODE_NEXT = { status: 404, body: { title: "Not Found", status: 404, detail: "node not found" } };
/** What says "not found", too, and does not mean the node. */
const FOREIGN = [
  ["a missing route (to 0.29)", { status: 404, body: { code: 5, message: "Not Found", details: [] } }],
  ["a missing route (after it)", { status: 404, body: "404 page not found\n" }],
  ["a proxy's page", { status: 404, body: "<html><title>404 Not Found</title></html>" }],
  ["a proxy's JSON", { status: 404, body: { message: "node not found in the pool" } }],
  ["the words with another status", { status: 500, body: { code: 5, message: "node not found" } }],
  ["the words as a text", { status: 404, body: "node not found" }],
  ["a login page", { body: "<html>Sign in</html>" }],
  ["an answer without words", { body: "" }],
  ["a text", { body: "OK" }],
  ["a redirect to a login", { status: 302, headers: { location: "/login" } }],
] as const;

const KEY = "hskey-api-canary-0123456789";

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (block: object = {}, env: Record<string, string> = { HS_API: KEY }) => {
  const shared = { login_server: server.url, tailnet_domain: "demo.mesh", api_key_env: "HS_API" };
  const config = headscaleConfigSchema.parse({ ...shared, ...block });
  return openHeadscaleApi(config, { env, signal: new AbortController().signal }, "web-1");
};

describe("Headscale's API", () => {
  it("is not used without a key", () => {
    expect(open({}, {})).toBeUndefined();
    expect(open({}, { HS_API: "  " })).toBeUndefined();
  });

  it("sets tags with the key as bearer", async () => {
    server.routes["POST /api/v1/node/7/tags"] = {};
    await open()!.setTags(NODE, ["tag:a", "tag:b"]);
    const call = "POST /api/v1/node/7/tags";
    expect(server.seen).toEqual([
      { call, authorization: `Bearer ${KEY}`, body: { tags: ["tag:a", "tag:b"] } },
    ]);
  });

  it("renames and deletes by node id", async () => {
    server.routes["POST /api/v1/node/7/rename/web-1"] = {};
    server.routes["DELETE /api/v1/node/7"] = {};
    await open()!.rename(NODE, "web-1");
    await open()!.deleteNode(NODE);
    expect(server.calls).toEqual(["POST /api/v1/node/7/rename/web-1", DELETE]);
  });

  it("takes the routes back from a node that is connected before it deletes it", async () => {
    const routes = { offered: ["10.9.0.0/24"], approved: ["10.9.0.0/24"], served: [] };
    server.routes["POST /api/v1/node/7/approve_routes"] = {};
    server.routes[DELETE] = {};
    await open()!.deleteNode({ ...NODE, online: true, routes });
    await open()!.deleteNode({ ...NODE, online: false, routes });
    expect(server.calls).toEqual(["POST /api/v1/node/7/approve_routes", DELETE, DELETE]);
    expect(server.seen[0]!.body).toEqual({ routes: [] });
  });

  it.each([NO_NODE, NO_NODE_NEXT])("takes a node that is gone for deleted", async (answer) => {
    server.routes[DELETE] = answer;
    await open()!.deleteNode(NODE);
  });

  it.each(FOREIGN)("does not take %s for a node that is gone: delete", async (_what, answer) => {
    server.routes[DELETE] = answer;
    await expect(open()!.deleteNode(NODE)).rejects.toMatchObject({
      kind: "control-server",
      host: "web-1",
      detail: expect.stringMatching(/^Headscale's API did not delete the node 7: /),
    });
  });

  it("reads a node", async () => {
    server.routes[READ] = { body: { node: WIRE } };
    expect(await open()!.readNode("7")).toEqual({
      nodeId: "7",
      keyExpires: false,
      name: "web-1",
      hostname: "WEB-1",
      addresses: ["100.64.0.1", "fd7a:115c:a1e0::1"],
      nodeKey: "nodekey:1886",
      machineKey: "mkey:5cb1",
      online: true,
      lastSeen: "2026-01-01T00:00:00Z",
      tags: ["tag:a", "tag:b"],
      loggedOut: false,
      ephemeral: false,
    });
  });

  it.each([NO_NODE, NO_NODE_NEXT])("says that a node is gone when its list says so, too", async (answer) => {
    server.routes[READ] = answer;
    server.routes[LIST] = { body: { nodes: [{ ...WIRE, id: "8" }] } };
    expect(await open()!.readNode("7")).toBeUndefined();
    expect(server.calls).toEqual([READ, LIST]);
    server.routes[LIST] = { body: { nodes: [] } };
    expect(await open()!.readNode("7")).toBeUndefined();
  });

  it.each([
    ["lists it", { body: { nodes: [WIRE] } }, /no node 7, and lists it/],
    [
      "sends a list without its key",
      { body: {} },
      /another shape than expected: JSON without any key, wrong at nodes/,
    ],
    ["sends no list", { body: { nodes: null } }, /another shape than expected: JSON with the keys nodes/],
    ["sends a page", { body: "<html>" }, /status 200, a web page/],
    [
      "fails",
      { status: 500, body: { message: "database is locked" } },
      /did not list the nodes: database is locked/,
    ],
  ])("does not say that a node is gone when the server %s", async (_what, list, message) => {
    server.routes[READ] = NO_NODE;
    server.routes[LIST] = list;
    await expect(open()!.readNode("7")).rejects.toThrow(message);
    await expect(open()!.readNode("7")).rejects.toMatchObject({ kind: "control-server", host: "web-1" });
  });

  it.each(FOREIGN)("does not take %s for a node that is gone: read", async (_what, answer) => {
    server.routes[READ] = answer;
    server.routes[LIST] = { body: { nodes: [] } };
    await expect(open()!.readNode("7")).rejects.toMatchObject({
      kind: "control-server",
      host: "web-1",
      detail: expect.stringMatching(/^Headscale's API did not read the node 7: /),
    });
  });

  it.each([
    [{ node: {} }, /another shape than expected: JSON with the keys node, wrong at node\.id/],
    [{ fine: true }, /another shape than expected: JSON with the keys fine, wrong at node/],
    [{ node: { ...WIRE, id: "8" } }, /asked for the node 7 and answered with the node 8/],
  ])("does not take %j for the node", async (body, message) => {
    server.routes[READ] = { body };
    await expect(open()!.readNode("7")).rejects.toThrow(message);
  });

  it("does not take trouble for a node that is gone", async () => {
    server.routes[READ] = { status: 400, body: { message: "database is locked" } };
    await expect(open()!.readNode("7")).rejects.toThrow(
      /control server: Headscale's API did not read the node 7: database is locked\. See in Headscale's log why, then run the command again\./,
    );
  });

  it("says that a node is gone by now, when it comes too late with a change", async () => {
    server.routes["POST /api/v1/node/7/tags"] = NO_NODE;
    await expect(open()!.setTags(NODE, ["tag:a"])).rejects.toThrow(
      /control server: Headscale did not set the tags of the node 7: there is no such node by now/,
    );
  });

  it("has nothing to approve, and asks nobody", async () => {
    await open()!.approve(NODE);
    expect(server.calls).toEqual([]);
  });

  it.each([
    [400, "requested tags [tag:x] are invalid or not permitted", "tag-refused"],
    [400, "node not found in NodeStore: 7", "control-server"],
    [401, "Unauthorized", "key-invalid"],
    [403, "Forbidden", "key-invalid"],
    [500, "database is locked", "control-server"],
    [404, "node not found", "control-server"],
    [404, "no route POST /api/v1/node/7/tags", "control-server"],
  ])("turns status %s %s into an error with a remedy", async (status, message, kind) => {
    server.routes["POST /api/v1/node/7/tags"] = { status, body: { message } };
    await expect(open()!.setTags(NODE, ["tag:x"])).rejects.toMatchObject({ kind, host: "web-1" });
  });

  it.each(["name is not unique: web-1", "node name is not unique: web-1"])(
    "says who holds the name (%s)",
    async (message) => {
      server.routes["POST /api/v1/node/7/rename/web-1"] = { status: 500, body: { message } };
      await expect(open()!.rename(NODE, "web-1")).rejects.toThrow(/name taken: .*name is not unique: web-1/);
    },
  );
});

describe("Headscale's nodes", () => {
  const list = async (...nodes: object[]) => {
    server.routes[LIST] = { body: { nodes } };
    return open()!.listNodes();
  };

  it("are all that it lists", async () => {
    const found = await list(WIRE, { ...WIRE, id: 10, givenName: "db-1" });
    expect(found.map(({ nodeId, name }) => [nodeId, name])).toEqual([
      ["7", "web-1"],
      ["10", "db-1"],
    ]);
  });

  it("have their tags, as 0.27 lists them", async () => {
    const tags = {
      tags: undefined,
      forcedTags: ["tag:b"],
      validTags: ["tag:a", "tag:b"],
      invalidTags: ["tag:x"],
    };
    expect((await list({ ...WIRE, ...tags }))[0]).toMatchObject({ tags: ["tag:a", "tag:b"] });
  });

  it("show only what the server says", async () => {
    const bare = { id: "7", givenName: "web-1", lastSeen: null, preAuthKey: null, tags: [] };
    const node = { nodeId: "7", name: "web-1", addresses: [], online: true, tags: [], loggedOut: false };
    expect(await list(bare)).toEqual([node]);
  });

  it("are ephemeral when their key was", async () => {
    expect((await list({ ...WIRE, preAuthKey: { ephemeral: true } }))[0]).toMatchObject({ ephemeral: true });
  });

  it.each<[string, boolean, object]>([
    ["with tags whose key has expired", true, { tags: ["tag:a"], expiry: "2026-01-02T03:04:05Z" }],
    [
      "of a user whose key has expired: it can log in again",
      false,
      { tags: [], expiry: "2026-01-02T03:04:05Z" },
    ],
    ["whose key will expire", false, { tags: ["tag:a"], expiry: "2999-01-02T03:04:05Z" }],
    ["whose key never expires", false, { tags: ["tag:a"], expiry: null }],
    [
      "whose key never expires, as Go writes no time",
      false,
      { tags: ["tag:a"], expiry: "0001-01-01T00:00:00Z" },
    ],
  ])("%s: logged out is %j", async (_which, loggedOut, parts) => {
    expect((await list({ ...WIRE, ...parts }))[0]).toMatchObject({ loggedOut });
  });

  it("are none when there are no nodes", async () => {
    expect(await list()).toEqual([]);
  });

  it.each(["<html>Sign in</html>", {}, { nodes: null }])("cannot be told from %j", async (body) => {
    server.routes[LIST] = { body };
    await expect(open()!.listNodes()).rejects.toThrow(
      /control server: .*(another shape than expected|status 200, a web page)/,
    );
  });

  it("cannot be told from a redirect, and nobody else gets the key", async () => {
    await using elsewhere = await ApiServer.start({ [LIST]: { body: { nodes: [] } } });
    server.routes[LIST] = { status: 301, headers: { location: `${elsewhere.url}/api/v1/node` } };
    await expect(open()!.listNodes()).rejects.toMatchObject({ kind: "control-server" });
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("remedies of Headscale's API", () => {
  it.each([
    [{ status: 502, body: "<html>" }],
    [{ status: 500, body: { message: "x" } }],
    [{ status: 404, body: "x" }],
    [{ status: 401, body: "Unauthorized" }],
    [{ cut: true }],
    [{ body: "x" }],
  ])("are true in any operation, and none leaves nodes behind (%j)", async (answer) => {
    server.routes[LIST] = answer;
    const error: unknown = await open()!
      .listNodes()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ remedy: expect.stringMatching(/run the command again\.$/) });
    expect(error).not.toMatchObject({ remedy: expect.stringMatching(/pulumi up|unset/) });
  });
});

describe("Headscale's login server", () => {
  const check = (login_server: string, more: object = {}) =>
    headscaleConfigSchema.safeParse({ login_server, tailnet_domain: "demo.mesh", ...more }).error?.issues ??
    [];

  it("is https where an API key goes there", () => {
    const [issue, ...others] = check("http://headscale.example.com", { api_key_env: "HS_API" });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      path: ["login_server"],
      message: expect.stringMatching(/^must be https where api_key_env is set/),
    });
  });

  it.each([
    ["http://headscale.example.com", {}],
    ["http://127.0.0.1:8080", { api_key_env: "HS_API" }],
    ["http://localhost:8080", { api_key_env: "HS_API" }],
    ["https://headscale.example.com", { api_key_env: "HS_API" }],
  ])("may be %s with %j", (server, more) => {
    expect(check(server, more)).toEqual([]);
  });

  it("that is no URL is told once", () => {
    expect(check("headscale", { api_key_env: "HS_API" })).toHaveLength(1);
  });
});
