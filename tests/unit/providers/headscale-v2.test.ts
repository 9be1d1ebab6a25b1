/** Headscale 0.30, which cannot be had yet: answers as its published sources give them (hscontrol/api/v1/errors.go, api/v2). */
import { describe, expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import { openGivenKey } from "../../../providers/tailscale/given-key";
import { openTailscaleApi } from "../../../providers/tailscale/api";
import { tailscaleConfigSchema } from "../../../providers/tailscale/config";
import { ApiServer, type Routes } from "../../support/api-server";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const SECRET = "hskey-client-0123456789ab-canarycanary";
const TOKEN = "POST /api/v2/oauth/token";
const DEVICES = "GET /api/v2/tailnet/-/devices?fields=all";
const ctx = { env: { API: SECRET }, signal: new AbortController().signal };
const common = { tailnet_domain: "demo.mesh", api_key_env: "API" };
const GRANTED = {
  body: { access_token: "hskey-oauthtok-0123-canary", token_type: "Bearer", expires_in: 3600 },
};

async function served(routes: Routes) {
  const server = await ApiServer.start({ [TOKEN]: GRANTED, ...routes });
  const config = tailscaleConfigSchema.parse({ ...common, api_url: server.url });
  const api = openTailscaleApi(config, ctx, "web-1")!;
  return { server, api, config, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("the network provider tailscale at another server", () => {
  it("exchanges an OAuth client's secret there, and reads devices as it lists them", async () => {
    const device = {
      nodeId: "7",
      name: "web-1",
      addresses: ["100.64.0.1"],
      keyExpiryDisabled: true,
      tags: [],
    };
    await using given = await served({ [DEVICES]: { body: { devices: [device] } } });
    expect(await given.api.listNodes()).toEqual([
      { nodeId: "7", name: "web-1", addresses: ["100.64.0.1"], keyExpires: false, online: true, tags: [] },
    ]);
    expect(new URLSearchParams(given.server.seen[0]!.body as string).get("client_id")).toBe("0123456789ab");
    expect(given.server.seen[1]!.authorization).toBe("Bearer hskey-oauthtok-0123-canary");
  });

  it("takes its own words for a node that is gone", async () => {
    await using given = await served({
      "GET /api/v2/device/7?fields=all": { status: 404, body: { message: "device not found", status: 404 } },
      [DEVICES]: { body: { devices: [] } },
    });
    expect(await given.api.readNode("7")).toBeUndefined();
  });

  it("says in words that a secret is not accepted, and never shows it", async () => {
    const error = { error: "invalid_client", error_description: `invalid client credentials ${SECRET}` };
    await using given = await served({ [TOKEN]: { status: 401, body: error } });
    const failure: unknown = await given.api.listNodes().catch((reason: unknown) => reason);
    expect(failure).toMatchObject({
      kind: "key-invalid",
      message: expect.stringContaining("(invalid_client)"),
    });
    expect(String(failure)).not.toContain("canarycanary");
  });

  it("makes keys with such a secret that was given as an auth key", async () => {
    await using given = await served({
      "POST /api/v2/tailnet/-/keys": { body: { id: "k1", key: "hskey-auth-made" } },
    });
    const maker = openGivenKey({ value: SECRET, tags: ["tag:app"] }, given.config, ctx, "web-1");
    expect((await maker!.mintKey({ host: "web-1", tags: ["tag:app"] })).key).toBe("hskey-auth-made");
  });

  it("never gives a host a token of that API", () => {
    const config = tailscaleConfigSchema.parse(common);
    const open = () => openGivenKey({ value: "hskey-oauthtok-01-canary", tags: [] }, config, ctx, "web-1");
    expect(open).toThrow(expect.objectContaining({ kind: "key-invalid" }));
  });
});

describe("the network provider headscale", () => {
  const block = { ...common, login_server: "https://headscale.demo.lab" };

  it("does not take an OAuth client's secret for an API key, and says where it belongs", () => {
    const open = () => openHeadscaleApi(headscaleConfigSchema.parse(block), ctx, "web-1");
    expect(open).toThrow(
      expect.objectContaining({ kind: "key-invalid", remedy: expect.stringContaining("api_url") }),
    );
  });

  it("never sends one to a host as an auth key", async () => {
    const session = fakeSession(probeOutput({ backendState: "NeedsLogin" }));
    const config = { ...block, api_key_env: undefined, auth_key_env: "API" };
    await expect(
      get("headscale").ensureJoined(createContext(session, { env: ctx.env }), {
        config,
        host: "web-1",
        tags: [],
      }),
    ).rejects.toMatchObject({ kind: "key-invalid" });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe"]);
  });

  it("shows what problem+json says, with the places that are wrong", async () => {
    const problem = {
      title: "Unprocessable Entity",
      status: 422,
      detail: "validation failed",
      errors: [{ message: "unexpected property", location: "body.user" }],
    };
    await using server = await ApiServer.start({
      "GET /api/v1/node": {
        status: 422,
        body: problem,
        headers: { "content-type": "application/problem+json" },
      },
    });
    const config = headscaleConfigSchema.parse({ ...block, login_server: server.url });
    const api = openHeadscaleApi(config, { ...ctx, env: { API: "hskey-api-x" } }, "web-1")!;
    await expect(api.listNodes()).rejects.toMatchObject({
      message: expect.stringContaining("validation failed: unexpected property"),
    });
  });
});
