/** Tags that a login brings beside the declared ones: seen, said, and removed where that takes nothing from anybody. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions } from "../../../providers";
import { FakeHeadscale, type FakeNode } from "../../support/fake-headscale";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const ALL = ["tag:app", "tag:db", "tag:web"];
const SET = "POST /api/v1/node/7/tags";
const NEW: FakeNode = { id: "7", givenName: "web-1", nodeKey: "nodekey:77", tags: ALL };
const SAID = [expect.stringMatching(/^the node has tags that are not declared: tag:app, tag:db\. Declare/)];

let api: FakeHeadscale;
beforeEach(async () => {
  api = await FakeHeadscale.start();
});
afterEach(() => api[Symbol.asyncDispose]());

interface Attempt {
  readonly options?: Partial<EnsureJoinedOptions>;
  readonly withApi?: boolean;
  /** What the host shows after the login; then what it shows once tags were set. */
  readonly after?: readonly (readonly string[])[];
}

/** A host that logs in with a key that carries the tags of all hosts. */
async function login({ options = {}, withApi = true, after = [ALL, ["tag:web"]] }: Attempt = {}) {
  const prefs = { ControlURL: api.url };
  const outputs = after.map((tags) => probeOutput({ tags, prefs, run: { code: 0, output: "" } }));
  const session = fakeSession(probeOutput({ backendState: "NeedsLogin" }), ...outputs);
  const exec = session.exec.bind(session);
  const said: string[] = [];
  const ctx = createContext(
    {
      ...session,
      exec: (argv, how) => {
        if (how.label === "login" && api.nodes.length === 0) api.add(NEW);
        return exec(argv, how);
      },
    },
    { env: { KEY: "hskey-auth-canary", API: "hskey-api-canary" }, warn: (text) => void said.push(text) },
  );
  const keys = { auth_key_env: "KEY", ...(withApi ? { api_key_env: "API" } : {}) };
  const config = { login_server: api.url, tailnet_domain: "demo.mesh", ...keys };
  const wishes = { config, host: "web-1", tags: ["tag:web"], ...options };
  const node = await get("headscale").ensureJoined(ctx, wishes);
  return { node, said };
}

describe("tags that an auth key brings beside the declared ones", () => {
  it("are removed from the new node, where there is an API", async () => {
    const { node, said } = await login();
    expect(node).toMatchObject({ tags: ["tag:web"], warnings: [] });
    expect(api.server.seen.find(({ call }) => call === SET)?.body).toEqual({ tags: ["tag:web"] });
    expect(said).toEqual([]);
  });

  it("stay without an API, and are said", async () => {
    const { node } = await login({ withApi: false, after: [ALL] });
    expect(node).toMatchObject({ tags: ALL, warnings: SAID });
  });

  it("stay where the policy says so, without a word", async () => {
    const { node } = await login({ options: { extraTags: "keep" }, after: [ALL] });
    expect(node).toMatchObject({ tags: ALL, warnings: [] });
    expect(api.acts).toEqual([]);
  });

  it("stay on a node that was listed before the login: they may be somebody's; they are said", async () => {
    api.add(NEW);
    const { node } = await login({ after: [ALL] });
    expect(node).toMatchObject({ tags: ALL, warnings: SAID });
    expect(api.acts).toEqual([]);
  });

  it("stay on a host for which none are declared: the node would belong to nobody", async () => {
    const { node } = await login({ options: { tags: [] }, after: [ALL] });
    expect(node).toMatchObject({ tags: ALL, warnings: [expect.stringContaining(ALL.join(", "))] });
    expect(api.acts).toEqual([]);
  });

  it("that cannot be removed leave the host joined, and are said with the reason", async () => {
    api.add(NEW);
    const refused = { status: 400, body: { message: "requested tags are invalid" } };
    api.server.routes[SET] = refused;
    api.nodes.pop();
    const fresh = api.add.bind(api);
    api.add = (node) => {
      fresh(node);
      api.server.routes[SET] = refused;
    };
    const { node, said } = await login({ after: [ALL] });
    expect(node).toMatchObject({ nodeId: "7", warnings: SAID });
    expect(said).toEqual([expect.stringMatching(/could not be removed: .*requested tags are invalid/)]);
  });
});

describe("tags that others gave a joined node", () => {
  const joined = probeOutput({ tags: ALL });
  const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
  const wishes = { config, host: "web-1", tags: ["tag:web"] };

  it("are left alone and said, at no cost", async () => {
    const session = fakeSession(joined);
    const node = await get("headscale").ensureJoined(createContext(session, { env: {} }), wishes);
    expect(node).toMatchObject({ tags: ALL, warnings: SAID });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe"]);
  });

  it("are told to a refresh", async () => {
    const node = await get("headscale").inspect!(createContext(fakeSession(joined), { env: {} }), wishes);
    expect(node).toMatchObject({ tags: ALL, warnings: SAID });
  });
});
