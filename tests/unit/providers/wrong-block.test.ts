/** Whatever a program hands to an exported function: what is wrong with it is a MeshError with a path, never a schema's own. */
import { describe, expect, it } from "@jest/globals";
import { parseHosts, parseNetwork } from "../../../config";
import { isMeshError } from "../../../errors";
import { createContext, get, type NetworkProvider } from "../../../providers";
import { connect, connectionSchema } from "../../../transport";
import { fakeSession } from "./fake-session";

const WRONG: readonly unknown[] = [undefined, null, 3, "x", [], {}, { tailnet_domain: 3 }, { unknown: 1 }];

/** Every member of the contract that takes a block, called with it. */
const MEMBERS: Readonly<Record<string, (provider: Required<NetworkProvider>, config: unknown) => unknown>> = {
  nodeFQDN: (provider, config) => provider.nodeFQDN("web-1", config),
  checkConfig: (provider, config) => provider.checkConfig(config),
  ensureInstalled: (provider, config) => provider.ensureInstalled(context(), { config, host: "web-1" }),
  ensureJoined: (provider, config) =>
    provider.ensureJoined(context(), { config, host: "web-1", tags: ["tag:app"] }),
  inspect: (provider, config) => provider.inspect(context(), { config, host: "web-1", tags: [] }),
  release: (provider, config) =>
    provider.release(context(), { config, host: "web-1", declaration: { id: "d", label: "d" } }),
  ensureLeft: (provider, config) => provider.ensureLeft(context(), { config, host: "web-1", how: "remove" }),
};
const context = () => createContext(fakeSession(), { env: {} });

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(["tailscale", "headscale"])("a block of %s that is wrong", (id) => {
  it.each(Object.keys(MEMBERS))("is a MeshError of %s, with its path", async (member) => {
    const provider = get(id) as Required<NetworkProvider>;
    for (const block of WRONG) {
      const error = await errorOf(() => MEMBERS[member]!(provider, block));
      expect({ block, isOne: isMeshError(error, "invalid-config") }).toEqual({ block, isOne: true });
      expect(String(error)).toContain(`network.providers.${id}`);
    }
  });
});

describe("what else takes a part of the configuration", () => {
  const wrong = (value: unknown) => value as never;
  it.each<[string, (value: unknown) => unknown]>([
    ["parseNetwork", (value) => parseNetwork(value)],
    ["parseHosts", (value) => parseHosts({ "web-1": value }, { connectionSchema: wrong(connectionSchema) })],
    ["get", (value) => get(wrong(value))],
    ["connect", (value) => connect(wrong(value), { host: "web-1" })],
  ])("%s", async (_name, call) => {
    for (const value of [3, "x y", [], { host: 3 }, { host: "user@x" }]) {
      const error = await errorOf(() => call(value));
      expect({ value, error: String(error), isOne: isMeshError(error) }).toMatchObject({ isOne: true });
    }
  });
});
