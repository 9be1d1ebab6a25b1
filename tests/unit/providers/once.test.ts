/** What a provider call costs: the block is parsed once, the API opened once, and a host that is right costs one command. */
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { createContext } from "../../../providers";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import { createTailnetProvider } from "../../../providers/tailnet/provider";
import { FakeHeadscale } from "../../support/fake-headscale";
import { MACHINE, markOf, OURS } from "./declared";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const OWN = { id: "7", givenName: "web-1", nodeKey: "nodekey:77", tags: ["tag:app"] };

/** The provider of the package, whose parses and openings are counted. */
async function counted() {
  const counts = { parsed: 0, opened: 0 };
  const api = await FakeHeadscale.start(OWN);
  const provider = createTailnetProvider({
    id: "counted",
    schema: z.preprocess((value) => {
      counts.parsed++;
      return value;
    }, headscaleConfigSchema),
    loginServer: ({ login_server }) => login_server,
    tagsBy: "key",
    logoutIsFinal: true,
    openApi(config, ctx, host) {
      counts.opened++;
      return openHeadscaleApi(config, ctx, host);
    },
    tagRemedy: "",
    routeRemedy: "",
  });
  const keys = { auth_key_env: "KEY", api_key_env: "API" };
  const config = { login_server: api.url, tailnet_domain: "demo.mesh", ...keys };
  const common = { config, host: "web-1", tags: ["tag:app"], declaration: OURS };
  const at = (parts: object = {}) =>
    probeOutput({
      machine: MACHINE,
      mark: markOf(OURS),
      tags: ["tag:app"],
      prefs: { ControlURL: api.url },
      ...parts,
    });
  const run = (outputs: readonly string[]) => {
    const session = fakeSession(...outputs);
    return { session, ctx: createContext(session, { env: { API: "hskey-api-canary" } }) };
  };
  return { counts, api, provider, common, at, run, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const ONCE = { parsed: 1, opened: 1 };
const needsLogin = probeOutput({ backendState: "NeedsLogin", machine: MACHINE });
const recorded = { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" };

describe("once for each call", () => {
  it("of a host that is right: one command, and the question whether it is listed", async () => {
    await using given = await counted();
    const { session, ctx } = given.run([given.at()]);
    await given.provider.ensureJoined(ctx, { ...given.common, recorded });
    expect(given.counts).toEqual(ONCE);
    expect(session.calls.map(({ label }) => label)).toEqual(["probe"]);
    expect(given.api.server.calls).toEqual(["GET /api/v1/node/7"]);
  });

  it("of a refresh: the same", async () => {
    await using given = await counted();
    const { session, ctx } = given.run([given.at()]);
    await given.provider.inspect!(ctx, given.common);
    expect(given.counts).toEqual(ONCE);
    expect(session.calls).toHaveLength(1);
    expect(given.api.server.calls).toEqual(["GET /api/v1/node/7"]);
  });

  it("of a first join: probe, login and mark; who is there before, a key, and that it is there after", async () => {
    await using given = await counted();
    const login = given.at({ mark: "", run: { code: 0, output: "" } });
    const { session, ctx } = given.run([needsLogin, login, given.at()]);
    await given.provider.ensureJoined(ctx, given.common);
    expect(given.counts).toEqual(ONCE);
    expect(session.calls.map(({ label }) => label)).toEqual(["probe", "login", "mark"]);
    expect(given.api.server.calls).toEqual([
      "GET /api/v1/node",
      "GET /api/v1/policy",
      "POST /api/v1/preauthkey",
      "GET /api/v1/node/7",
    ]);
  });

  it("of a destroy", async () => {
    await using given = await counted();
    const { ctx } = given.run([given.at(), needsLogin]);
    await given.provider.ensureLeft!(ctx, { ...given.common, recorded });
    expect(given.counts).toEqual(ONCE);
    expect(given.api.acts).toEqual(["DELETE /api/v1/node/7"]);
  });
});
