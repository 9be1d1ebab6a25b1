/** `cloudInit` in a program: tags as a host's, secrets as secrets, mistakes at once. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { cloudInit, type NetworkArgs } from "../../../mesh";

const headscale = {
  login_server: "https://headscale.example.com",
  tailnet_domain: "mesh.example.com",
  default_tags: ["tag:all"],
  role_tags: { db: ["tag:db"] },
};
const NETWORK: NetworkArgs = { provider: "headscale", providers: { headscale } };
const AUTH_KEY_FILE = "/etc/tailscale/auth-key";

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

beforeAll(async () => {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
});

describe("cloudInit", () => {
  it("gives the tags of the network, of the roles and of the machine, without a secret", async () => {
    const text = cloudInit(NETWORK, { authKeyFile: AUTH_KEY_FILE, roles: ["db"], tags: ["tag:web"] });
    expect(await pulumi.isSecret(text)).toBe(false);
    expect(await valueOf(text)).toContain("\n    - tag:all,tag:db,tag:web\n");
  });

  it("takes outputs in any place, and renders the same", async () => {
    const server = pulumi.output(headscale.login_server);
    const network = {
      provider: "headscale",
      providers: { headscale: { ...headscale, login_server: server } },
    };
    const later = cloudInit(network, {
      authKeyFile: pulumi.output(AUTH_KEY_FILE),
      tags: [pulumi.output("tag:a")],
    });
    const now = cloudInit(NETWORK, { authKeyFile: AUTH_KEY_FILE, tags: ["tag:a"] });
    expect(await valueOf(later)).toBe(await valueOf(now));
  });

  it.each<[string, pulumi.Input<string>]>([
    ["a secret output", pulumi.secret("hskey-auth-a-b")],
    ["an output", pulumi.output("hskey-auth-a-b")],
    ["a string", "hskey-auth-a-b"],
  ])("is a secret where an auth key stands in it: %s", async (_what, authKey) => {
    const text = cloudInit(NETWORK, { authKey });
    expect(await pulumi.isSecret(text)).toBe(true);
    expect(await valueOf(text)).toContain("hskey-auth-a-b");
  });

  it.each([
    [
      "a misspelt role",
      { authKeyFile: AUTH_KEY_FILE, roles: ["bd"] },
      /roles\[0\]: "bd" is not in role_tags/,
    ],
    ["a key that is none", { authKeyFile: AUTH_KEY_FILE, host: "x" }, /cloudInit.*host/],
    ["no way to log in", {}, /exactly one of authKeyFile/],
    ["an OAuth secret", { authKey: "hskey-client-a-b" }, /which no host is given/],
  ])("says at once what is wrong: %s", (_what, host, message) => {
    expect(() => cloudInit(NETWORK, host)).toThrow(message);
  });

  it("says at once what is wrong with the network", () => {
    const wrong = {
      provider: "headscale",
      providers: { headscale: { ...headscale, default_tags: ["all"] } },
    };
    expect(() => cloudInit(wrong, { authKeyFile: AUTH_KEY_FILE })).toThrow(
      /network\.providers\.headscale\.default_tags\[0\]/,
    );
    expect(() => cloudInit({ provider: "nebula", providers: {} }, { authKeyFile: AUTH_KEY_FILE })).toThrow(
      /nebula/,
    );
  });
});
