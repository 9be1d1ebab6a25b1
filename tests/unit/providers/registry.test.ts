import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { NetworkProvider } from "../../../providers/contract";
import type * as Registry from "../../../providers/registry";

const named = (id: string): NetworkProvider => ({
  id,
  ensureInstalled: () => Promise.resolve(),
  ensureJoined: () => Promise.resolve(),
  nodeFQDN: (host) => host,
});

describe("the registry", () => {
  let registry: typeof Registry;
  beforeEach(async () => {
    jest.resetModules();
    registry = await import("../../../providers/registry.js");
  });

  it("hands out what was registered, and lists ids in lexicographic order", () => {
    const zerotier = named("zerotier");
    for (const provider of [zerotier, named("netbird"), named("tailscale")]) registry.register(provider);
    expect(registry.get("zerotier")).toBe(zerotier);
    expect(registry.ids()).toEqual(["netbird", "tailscale", "zerotier"]);
  });

  it("refuses an empty id", () => {
    expect(() => registry.register(named(" "))).toThrow(
      /registration: a network provider was registered with an empty id/,
    );
  });

  it("refuses an id that is taken", () => {
    registry.register(named("a"));
    expect(() => registry.register(named("a"))).toThrow(/with the id "a" is registered already/);
  });

  it("names the known ids and the nearest one for an unknown id", () => {
    registry.register(named("tailscale"));
    registry.register(named("headscale"));
    expect(() => registry.get("tailscail")).toThrowErrorMatchingInlineSnapshot(
      `"unknown provider: no network provider "tailscail" is registered; did you mean "tailscale"? (known: headscale, tailscale). Correct network.provider, or set network.module to the module that registers it."`,
    );
  });

  it("names no id that is as far away as any other", () => {
    registry.register(named("lan"));
    expect(() => registry.get("wg")).toThrow('no network provider "wg" is registered (known: lan)');
  });

  it("says that nothing is registered", () => {
    expect(() => registry.get("x")).toThrow(/known: none/);
  });
});

it("importing the providers registers the built-in ones", async () => {
  const { ids } = await import("../../../providers/index.js");
  expect(ids()).toEqual(["headscale", "tailscale"]);
});
