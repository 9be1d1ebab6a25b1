import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import { parseKnownTags } from "../../../providers/control-server/policy";
import { ApiServer } from "../../support/api-server";

const CREATE = "POST /api/v1/preauthkey";
const EXPIRE = "POST /api/v1/preauthkey/expire";
const POLICY = "GET /api/v1/policy";
const USERS = "GET /api/v1/user";
const NO_POLICY = { status: 500, body: { message: "loading ACL from database: acl policy not found" } };

const minted = (user: object | null) => ({
  body: { preAuthKey: { id: "5", key: "hskey-auth-canary", user } },
});

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start({ [POLICY]: NO_POLICY, [CREATE]: minted(null), [EXPIRE]: {} });
});
afterEach(() => server[Symbol.asyncDispose]());

const mint = (tags: readonly string[], block: object = {}) => {
  const shared = { login_server: server.url, tailnet_domain: "demo.mesh", api_key_env: "HS_API" };
  const config = headscaleConfigSchema.parse({ ...shared, ...block });
  const ctx = { env: { HS_API: "hskey-api-canary" }, signal: new AbortController().signal };
  return openHeadscaleApi(config, ctx, "web-1")!.mintKey({ host: "web-1", tags });
};
const sent = (call: string) => server.seen.filter((seen) => seen.call === call).map(({ body }) => body);

/** As Headscale 0.27 answers: a key without a user is refused. */
function answerAs027(): void {
  server.routes[CREATE] = (body) =>
    (body as { user?: string }).user === undefined
      ? { status: 500, body: { code: 2, message: "user not found" } }
      : minted({ id: "3", name: "ops" });
}

describe("a key minted by Headscale", () => {
  it("is for one node, for minutes, with the tags, and needs no user (0.28 and later)", async () => {
    const before = Date.now();
    expect((await mint(["tag:web"])).key).toBe("hskey-auth-canary");
    const [body] = sent(CREATE) as [{ expiration: string }];
    expect(body).toMatchObject({ reusable: false, ephemeral: false, aclTags: ["tag:web"] });
    expect(body).not.toHaveProperty("user");
    const minutes = (Date.parse(body.expiration) - before) / 60_000;
    expect(minutes).toBeGreaterThan(9.9);
    expect(minutes).toBeLessThan(10.1);
    expect(server.calls).toEqual([POLICY, CREATE]);
  });

  it("expires by the server's clock", async () => {
    const date = "Wed, 01 Jan 2020 00:00:00 GMT";
    server.routes[POLICY] = { ...NO_POLICY, headers: { date } };
    await mint(["tag:web"]);
    expect(sent(CREATE)[0]).toMatchObject({ expiration: "2020-01-01T00:10:00.000Z" });
  });

  it("belongs to the only user where it needs one (0.27)", async () => {
    answerAs027();
    server.routes[USERS] = { body: { users: [{ id: "3", name: "ops" }] } };
    await mint(["tag:web"]);
    expect(sent(CREATE)).toEqual([
      expect.not.objectContaining({ user: "3" }),
      expect.objectContaining({ user: "3" }),
    ]);
  });

  it("belongs to the configured user, by name or e-mail", async () => {
    const users = [
      { id: "3", name: "ops" },
      { id: "4", name: "", email: "eva@example.com" },
    ];
    server.routes[USERS] = { body: { users } };
    await mint([], { user: "ops" });
    await mint([], { user: "eva@example.com" });
    expect(sent(CREATE)).toMatchObject([{ user: "3" }, { user: "4" }]);
  });

  it.each([
    [
      "needs one of several",
      undefined,
      /needs a Headscale user as its owner, and user is not set \(it has eva, ops\)/,
    ],
    ["names one that is not there", "joe", /Headscale has no user "joe" \(it has eva, ops\)\. Set user/],
  ])("is not made when it %s users", async (_why, user, message) => {
    answerAs027();
    server.routes[USERS] = {
      body: {
        users: [
          { id: "3", name: "ops" },
          { id: "4", name: "eva" },
        ],
      },
    };
    await expect(mint(["tag:web"], { user })).rejects.toThrow(message);
  });

  it("is not made when there is no user at all", async () => {
    answerAs027();
    server.routes[USERS] = { body: { users: [] } };
    await expect(mint(["tag:web"])).rejects.toThrow(/it has none.*headscale users create/);
  });

  it("is revoked by what each version looks at: the id, or user and key", async () => {
    answerAs027();
    server.routes[USERS] = { body: { users: [{ id: "3", name: "ops" }] } };
    await (await mint(["tag:web"])).revoke();
    expect(sent(EXPIRE)).toEqual([{ id: "5", key: "hskey-auth-canary", user: "3" }]);
  });

  it("is revoked by its id alone where more is refused (after 0.29)", async () => {
    const detail = "validation failed";
    server.routes[EXPIRE] = (body) =>
      Object.keys(body as object).join() === "id" ? {} : { status: 422, body: { status: 422, detail } };
    await (await mint(["tag:web"])).revoke();
    expect(sent(EXPIRE)).toEqual([{ id: "5", key: "hskey-auth-canary" }, { id: "5" }]);
  });

  it.each(["AuthKey not found", "auth-key not found: record not found"])(
    "is revoked when it is gone: %s",
    async (message) => {
      server.routes[EXPIRE] = { status: 500, body: { code: 2, message } };
      await (await mint(["tag:web"])).revoke();
    },
  );

  it.each([
    { status: 404, body: "404 page not found" },
    { status: 404, body: { code: 5, message: "Not Found" } },
    { status: 500, body: { message: "database is locked" } },
  ])("is not taken for revoked when the answer is %j", async (answer) => {
    server.routes[EXPIRE] = answer;
    await expect((await mint(["tag:web"])).revoke()).rejects.toThrow(
      /control server: Headscale's API did not revoke the auth key/,
    );
  });

  it.each([
    [
      { status: 404, body: "no tag route here" },
      /did not make an auth key: .* status 404, "no tag route here"/,
    ],
    [
      { status: 404, body: { code: 5, message: "Not Found" } },
      /did not make an auth key: .* status 404, "Not Found"/,
    ],
    [
      { status: 500, body: { message: "database is locked" } },
      /did not make an auth key: database is locked/,
    ],
  ])("is not refused for its tags by %j", async (answer, message) => {
    server.routes[CREATE] = answer;
    await expect(mint(["tag:web"])).rejects.toMatchObject({
      kind: "control-server",
      detail: expect.stringMatching(message),
    });
  });

  it("is not owned by a user of a list without its key", async () => {
    answerAs027();
    server.routes[USERS] = { body: {} };
    await expect(mint(["tag:web"])).rejects.toMatchObject({ kind: "control-server" });
  });

  it("is refused before it is made when the policy does not know a tag", async () => {
    server.routes[POLICY] = { body: { policy: '{"tagOwners": {"tag:web": ["ops@"]}}' } };
    await expect(mint(["tag:db", "tag:web"])).rejects.toMatchObject({
      kind: "tag-refused",
      detail: "tag:db has no owner in Headscale's policy",
    });
    expect(server.calls).toEqual([POLICY]);
  });

  it("is refused when Headscale itself refuses the tags", async () => {
    server.routes[CREATE] = { status: 400, body: { message: "tag must start with the string 'tag:'" } };
    await expect(mint(["tag:web"])).rejects.toMatchObject({ kind: "tag-refused" });
  });

  it("is not asked for twice when the connection breaks: a key nobody knows would be left", async () => {
    server.routes[CREATE] = { cut: true };
    await expect(mint(["tag:web"])).rejects.toMatchObject({ kind: "control-server", host: "web-1" });
    expect(sent(CREATE)).toHaveLength(1);
  });
});

describe("the tags of a policy", () => {
  it("are read from HuJSON", () => {
    const policy = `{
      // "tag:no": a comment
      "tagOwners": {
        "tag:a": ["x//y@"], /* "tag:neither": [], */
        "tag:b": [], // the last one has a comma
      },
      "acls": [{"src": ["*"], "dst": ["*:*"],},],
    }`;
    expect(parseKnownTags(policy)).toEqual(["tag:a", "tag:b"]);
  });

  it.each(["", "{", "[]", '"x"', '{"tagOwners": 3}'])("are unknown when the text is %j", (policy) => {
    expect(parseKnownTags(policy)).toBeUndefined();
  });

  it("are none when the policy names none", () => {
    expect(parseKnownTags('{"acls": []}')).toEqual([]);
  });
});
