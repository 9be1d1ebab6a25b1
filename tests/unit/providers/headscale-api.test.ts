import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import { ApiServer } from "../../support/api-server";

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
    await open()!.setTags("7", ["tag:a", "tag:b"]);
    const call = "POST /api/v1/node/7/tags";
    expect(server.seen).toEqual([
      { call, authorization: `Bearer ${KEY}`, body: { tags: ["tag:a", "tag:b"] } },
    ]);
  });

  it("renames and deletes by node id", async () => {
    server.routes["POST /api/v1/node/7/rename/web-1"] = {};
    server.routes["DELETE /api/v1/node/7"] = {};
    await open()!.rename("7", "web-1");
    expect(await open()!.deleteNode("7")).toBe(true);
  });

  it.each([
    ["0.27 and later", 404, "node not found"],
    ["any", 400, "node not found in NodeStore: 7"],
  ])("takes a node that is gone for deleted, as %s says it", async (_version, status, message) => {
    server.routes["DELETE /api/v1/node/7"] = { status, body: { code: 5, message } };
    expect(await open()!.deleteNode("7")).toBe(false);
  });

  it.each([
    [{ body: { node: {} } }, true],
    [{ status: 404, body: { code: 5, message: "node not found" } }, false],
  ])("says whether a node is listed", async (answer, listed) => {
    server.routes["GET /api/v1/node/7"] = answer;
    expect(await open()!.hasNode("7")).toBe(listed);
  });

  it("does not take trouble for a node that is gone", async () => {
    server.routes["GET /api/v1/node/7"] = { status: 400, body: { message: "database is locked" } };
    await expect(open()!.hasNode("7")).rejects.toThrow(/control server: Headscale did not read the node 7/);
  });

  it("has nothing to approve, and asks nobody", async () => {
    await open()!.approve("7");
    expect(server.calls).toEqual([]);
  });

  it.each([
    [400, "requested tags [tag:x] are invalid or not permitted", "tag-refused"],
    [400, "node not found in NodeStore: 7", "control-server"],
    [401, "Unauthorized", "key-invalid"],
    [403, "Forbidden", "key-invalid"],
    [500, "database is locked", "control-server"],
  ])("turns status %s %s into an error with a remedy", async (status, message, kind) => {
    server.routes["POST /api/v1/node/7/tags"] = { status, body: { message } };
    await expect(open()!.setTags("7", ["tag:x"])).rejects.toMatchObject({ kind, host: "web-1" });
  });

  it.each(["name is not unique: web-1", "node name is not unique: web-1"])(
    "says who holds the name (%s)",
    async (message) => {
      server.routes["POST /api/v1/node/7/rename/web-1"] = { status: 500, body: { message } };
      await expect(open()!.rename("7", "web-1")).rejects.toThrow(/name taken: .*name is not unique: web-1/);
    },
  );
});

describe("Headscale's nodes of a name", () => {
  const old = { id: "7", name: "WEB-1", givenName: "web-1", online: true, lastSeen: "2026-01-01T00:00:00Z" };
  const find = async (...nodes: object[]) => {
    server.routes["GET /api/v1/node"] = { body: { nodes } };
    return open()!.findByName("web-1");
  };

  it("are those with exactly that given name", async () => {
    const others = ["web-1-1", "web", "db-1"].map((givenName, index) => ({
      ...old,
      id: index + 10,
      givenName,
    }));
    expect((await find(old, ...others)).map(({ nodeId }) => nodeId)).toEqual(["7"]);
  });

  it("have their tags, as 0.28 and later list them", async () => {
    const [node] = await find({ ...old, tags: ["tag:b", "tag:a"] });
    const { lastSeen } = old;
    const tags = ["tag:a", "tag:b"];
    expect(node).toEqual({ nodeId: "7", name: "web-1", online: true, lastSeen, tags, loggedOut: false });
  });

  it("have their tags, as 0.27 lists them", async () => {
    const tags = { forcedTags: ["tag:b"], validTags: ["tag:a", "tag:b"], invalidTags: ["tag:x"] };
    expect((await find({ ...old, ...tags, online: false, lastSeen: null }))[0]).toEqual({
      nodeId: "7",
      name: "web-1",
      online: false,
      tags: ["tag:a", "tag:b"],
      loggedOut: false,
    });
  });

  it.each<[string, boolean, object]>([
    ["with tags whose key has expired", true, { tags: ["tag:a"], expiry: "2026-01-02T03:04:05Z" }],
    ["of a user whose key has expired: it can log in again", false, { expiry: "2026-01-02T03:04:05Z" }],
    ["whose key will expire", false, { tags: ["tag:a"], expiry: "2999-01-02T03:04:05Z" }],
    ["whose key never expires", false, { tags: ["tag:a"], expiry: null }],
    [
      "whose key never expires, as Go writes no time",
      false,
      { tags: ["tag:a"], expiry: "0001-01-01T00:00:00Z" },
    ],
  ])("%s: logged out is %j", async (_which, loggedOut, parts) => {
    expect((await find({ ...old, ...parts }))[0]).toMatchObject({ loggedOut });
  });

  it("are none when there are no nodes", async () => {
    expect(await find()).toEqual([]);
  });

  it("cannot be told when the answer is a login page", async () => {
    server.routes["GET /api/v1/node"] = { body: "<html>Sign in</html>" };
    await expect(open()!.findByName("web-1")).rejects.toThrow(
      /control server: .*another shape than expected/,
    );
  });
});
