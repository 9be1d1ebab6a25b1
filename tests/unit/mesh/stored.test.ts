/** What a host takes of the state: the engine writes all of it at every step. */
import { describe, expect, it } from "@jest/globals";
import { check, create, diff, read, update } from "../../../mesh/handlers";
import { SHIM } from "../../../mesh/shim";
import { register, type NodeState } from "../../../providers";

const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n${"mQINBFXX".repeat(200)}\n-----END PGP PUBLIC KEY BLOCK-----`;

/** As a real host shows itself, on real hardware. */
const node: NodeState = {
  ...{ hostname: "web-1", fqdn: "web-1.mytailnet.ts.net", nodeId: "1234567890123456", tags: ["tag:app"] },
  ...{ addresses: ["100.64.0.1", "fd7a:115c:a1e0::1"], clientVersion: "1.102.0" },
  ...{ installedBy: "apt repository", loginServer: "https://headscale.example.com" },
  nodeKey: `nodekey:${"a".repeat(64)}`,
  machine: {
    ...{ machineId: "b".repeat(32), mac: "02:00:0a:d5:25:0b", dmi: "03000200-0400-0500-0006-000700080009" },
    clientKey: `mkey:${"c".repeat(64)}`,
  },
};

/** The blocks that the network provider was given, by what it was asked for. */
const given: Record<string, unknown> = {};
register({
  id: "diet",
  installTexts: [["install", "repository_key"]],
  nodeFQDN: (host) => `${host}.mytailnet.ts.net`,
  ensureInstalled: (_ctx, { config }) => Promise.resolve(void (given["install"] = config)),
  ensureJoined: (_ctx, { config }) => {
    given["join"] = config;
    return Promise.resolve(node);
  },
  inspect: (_ctx, { config }) => {
    given["inspect"] = config;
    return Promise.resolve(node);
  },
});

const block = {
  ...{ login_server: "https://headscale.example.com", tailnet_domain: "mytailnet.ts.net" },
  ...{ api_key_env: "HEADSCALE_API_KEY", default_tags: ["tag:app"] },
};

const inputsWith = (config: object) => ({
  __provider: SHIM,
  ...{ nodeName: "web-1", fqdn: "web-1.mytailnet.ts.net", roles: [], flags: {} },
  network: { providers: { diet: config } },
  ...{ tags: ["tag:app"], connection: { host: "203.0.113.7", user: "admin" } },
  __urn: "urn:pulumi:prod::app::pulumi-mesh:index:Mesh$pulumi-nodejs:dynamic/mesh:Host::mesh-web-1",
});

async function store(config: object) {
  const { inputs } = await check({}, inputsWith(config));
  const { outs } = await create(inputs);
  return { inputs, outputs: { __provider: SHIM, ...outs } };
}

describe("the state of a host", () => {
  it("takes at most 2,000 bytes beside the 1,000 of the engine's own, its shim in both halves included", async () => {
    expect(JSON.stringify(await store(block)).length).toBeLessThanOrEqual(2_000);
  });

  it("holds a long key of the block once: in the outputs its digest stands for it", async () => {
    const { inputs, outputs } = await store({ ...block, install: { repository_key: KEY, track: "stable" } });
    expect(inputs).toMatchObject({ network: { providers: { diet: { install: { repository_key: KEY } } } } });
    expect(given["install"]).toMatchObject({ install: { repository_key: KEY } });
    expect(JSON.stringify(outputs)).not.toContain("mQINBFXX");
    expect(JSON.stringify({ inputs, outputs }).length).toBeLessThanOrEqual(2_200 + KEY.length);
  });

  it("with a digest is no difference for the same key, and one for another", async () => {
    const { outputs } = await store({ ...block, install: { repository_key: KEY } });
    const wantsWith = (key: string) => inputsWith({ ...block, install: { repository_key: key } });
    expect(await diff("web-1", outputs, wantsWith(KEY))).toEqual({ changes: false });
    expect(await diff("web-1", outputs, wantsWith(KEY.replace("mQ", "mR")))).toEqual({ changes: true });
    expect(await diff("web-1", outputs, inputsWith(block))).toEqual({ changes: true });
    const { outs } = await update("web-1", outputs, wantsWith(`${KEY}\n`));
    expect(await diff("web-1", outs, wantsWith(`${KEY}\n`))).toEqual({ changes: false });
  });

  it("is read without the key, and stays as it is", async () => {
    const { outputs } = await store({ ...block, install: { repository_key: KEY, track: "stable" } });
    const { props } = await read("web-1", outputs);
    expect(given["inspect"]).toEqual({ ...block, install: { track: "stable" } });
    expect({ ...props, __provider: SHIM }).toEqual(outputs);
  });

  it("of version 2, which held the key and every default, stays as it is in a refresh", async () => {
    const {
      network: _network,
      nodeName: name,
      __urn: progressUrn,
      ...outputs
    } = (await store(block)).outputs as Record<string, unknown>;
    const former = {
      ...outputs,
      ...{ name, progressUrn, provider: "diet" },
      ...{ stateVersion: 2, roles: [], flags: {}, extraFlags: {}, hostKeyPolicy: "pin", onDestroy: "remove" },
      ...{ onClone: "fail", onNameConflict: "fail", onTailnetMismatch: "fail", onUnreachable: "warn" },
      ...{ extraTags: "remove", config: { ...block, install: { repository_key: KEY } } },
    };
    const { props } = await read("web-1", former);
    expect({ ...props, __provider: SHIM }).toEqual(former);
    const wants = inputsWith({ ...block, install: { repository_key: KEY } });
    expect(await diff("web-1", former, wants)).toEqual({ changes: false });
  });

  it("keeps what is no default", async () => {
    const { outs } = await create({ ...inputsWith(block), onDestroy: "keep", flags: { ssh: true } });
    expect(outs).toMatchObject({ onDestroy: "keep", flags: { ssh: true } });
    expect(outs).not.toHaveProperty("onClone");
    expect(await diff("web-1", outs, { ...inputsWith(block), flags: { ssh: true } })).toEqual({
      changes: true,
    });
  });
});
