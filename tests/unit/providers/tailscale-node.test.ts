/** What Tailscale's API is asked for a node's routes and key, on a server of the tests' own: fields as in Tailscale's Go client. */
import { describe, expect, it } from "@jest/globals";
import type { ProvenNode } from "../../../providers/control-server/proof";
import { openTailscaleApi } from "../../../providers/tailscale/api";
import { tailscaleConfigSchema } from "../../../providers/tailscale/config";
import { ApiServer, type Routes } from "../../support/api-server";

const LAN = "10.9.0.0/24";
const PATH = "/api/v2/device/nX";
const config = tailscaleConfigSchema.parse({ tailnet_domain: "t.ts.net", api_key_env: "API" });

async function served(routes: Routes) {
  const server = await ApiServer.start(routes);
  const ctx = { env: { API: "tskey-api-canary" }, signal: new AbortController().signal };
  const api = openTailscaleApi(config, ctx, "web-1", server.url)!;
  return { server, api, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
const node = { nodeId: "nX" } as unknown as ProvenNode;

describe("routes", () => {
  it("are read, and replaced as a whole", async () => {
    await using given = await served({
      [`GET ${PATH}/routes`]: { body: { advertisedRoutes: [LAN], enabledRoutes: null } },
      [`POST ${PATH}/routes`]: { body: { advertisedRoutes: [LAN], enabledRoutes: [LAN] } },
    });
    expect(await given.api.readRoutes(node)).toEqual({ offered: [LAN], approved: [] });
    expect(await given.api.approveRoutes(node, [LAN])).toEqual({ offered: [LAN], approved: [LAN] });
    expect(given.server.seen.at(-1)?.body).toEqual({ routes: [LAN] });
  });

  it("of a device that is not there any more are an error, as is a key without the scope", async () => {
    const gone = { status: 404, body: { message: "no manageable device matching this ID found" } };
    await using given = await served({
      [`GET ${PATH}/routes`]: gone,
      [`POST ${PATH}/routes`]: {
        status: 403,
        body: { message: "calling actor does not have enough permissions" },
      },
    });
    await expect(given.api.readRoutes(node)).rejects.toMatchObject({ kind: "control-server" });
    await expect(given.api.approveRoutes(node, [LAN])).rejects.toMatchObject({
      kind: "key-invalid",
      remedy: expect.stringContaining("devices:routes"),
    });
  });

  it("come with the record of a device, and whether its key expires", async () => {
    const device = {
      nodeId: "nX",
      name: "web-1.t.ts.net",
      addresses: ["100.64.0.1"],
      connectedToControl: true,
    };
    await using given = await served({
      [`GET ${PATH}?fields=all`]: {
        body: { ...device, advertisedRoutes: [LAN], enabledRoutes: [LAN], keyExpiryDisabled: true },
      },
    });
    expect(await given.api.readNode("nX")).toMatchObject({
      routes: { offered: [LAN], approved: [LAN] },
      keyExpires: false,
    });
  });
});

it("a key that shall not expire", async () => {
  await using given = await served({ [`POST ${PATH}/key`]: {} });
  await given.api.disableKeyExpiry(node);
  expect(given.server.seen.at(-1)?.body).toEqual({ keyExpiryDisabled: true });
});

it.each([true, undefined])("a key for a node that goes by itself, or stays (%s)", async (ephemeral) => {
  await using given = await served({
    "POST /api/v2/tailnet/-/keys": { body: { id: "k", key: "tskey-auth-x" } },
  });
  await given.api.mintKey({ host: "web-1", tags: [], ephemeral });
  expect(given.server.seen.at(-1)?.body).toMatchObject({
    capabilities: { devices: { create: { ephemeral: ephemeral === true, preauthorized: true } } },
  });
});
