import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { check } from "../../../mesh/handlers";
import { register } from "../../../providers";
import { UNKNOWN } from "../../../validation";

register({
  id: "radio",
  schema: z.strictObject({ transport: z.enum(["udp", "tcp"]) }),
  nodeFQDN: (host) => `${host}.lan`,
  ensureInstalled: () => Promise.resolve(),
  ensureJoined: () => Promise.resolve(),
});

const inputs = { name: "web-1", provider: "radio", config: { transport: "udp" }, connection: "local" };
const failuresOf = async (change: object) => (await check({}, { ...inputs, ...change })).failures;

describe("check", () => {
  it("names a key of a block as the user wrote it, whatever it is called", async () => {
    expect(await failuresOf({ config: { transport: 7 } })).toEqual([
      { property: "args", reason: expect.stringMatching(/^network\.providers\.radio\.transport: /) },
    ]);
  });

  it("names a mistake in a connection, under no property whose value the engine prints: it may hold a secret", async () => {
    expect(await failuresOf({ connection: { host: "h", passwrd: "hunter2" } })).toEqual([
      { property: "args", reason: 'connection: unknown key "passwrd"; did you mean "password"?' },
    ]);
  });

  it("names what is wrong by the words of a program: nodeName, and an index in brackets", async () => {
    const failures = await failuresOf({ name: "Web_1", roles: [7], tags: ["tag:a", "prod"] });
    expect(failures.map(({ property, reason }) => [property, reason.split(": ")[0]])).toEqual([
      ["nodeName", "nodeName"],
      ["roles", "roles[0]"],
      ["tags", "tags[1]"],
    ]);
  });

  it("names a key that cannot be renewed: one that never expires, or at a control server whose API alone does it", async () => {
    const reason = "renewKey: goes against keyExpiry: disabled; leave out one of the two";
    const tailscale = { provider: "tailscale", config: { tailnet_domain: "a.b" } };
    const failures = await failuresOf({ ...tailscale, expiry: "disabled", renewKey: "14d" });
    expect(failures).toEqual([{ property: "renewKey", reason }]);
    expect(await failuresOf({ ...tailscale, renewKey: "14d" })).toEqual([]);
    expect(await failuresOf({ renewKey: "14d" })).toEqual([
      {
        property: "renewKey",
        reason: "renewKey: the network provider radio has no such thing; leave it out",
      },
    ]);
    expect(await failuresOf({ ...tailscale, renewKey: "soon" })).toEqual([
      { property: "renewKey", reason: expect.stringMatching(/^renewKey: must be a time before the expiry/) },
    ]);
    const block = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
    const headscale = { provider: "headscale", renewKey: "14d" };
    expect(await failuresOf({ ...headscale, config: block })).toEqual([
      { property: "renewKey", reason: expect.stringMatching(/^renewKey: needs api_key_env here: a login/) },
    ]);
    expect(await failuresOf({ ...headscale, config: { ...block, api_key_env: "API" } })).toEqual([]);
  });

  it("names a port that cannot be served, and any where the network provider serves none", async () => {
    const serve = [{ http: 80, to: "http://127.0.0.1:3000" }];
    expect(await failuresOf({ serve })).toEqual([
      { property: "serve", reason: "serve: the network provider radio serves no ports; leave it out" },
    ]);
    expect(await failuresOf({ serve: [{ http: 80, to: UNKNOWN }] })).toEqual([]);
    const block = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
    const headscale = { provider: "headscale", config: block };
    expect(await failuresOf({ ...headscale, serve })).toEqual([]);
    expect(
      await failuresOf({ ...headscale, serve: [...serve, { port: 443, to: "http://127.0.0.1:1" }] }),
    ).toEqual([
      {
        property: "serve",
        reason: expect.stringMatching(/^serve\[1\]: port 443 is https, which needs a certificate/),
      },
    ]);
    expect(await failuresOf({ ...headscale, serve: [{ http: 80, to: "3000" }] })).toEqual([
      { property: "serve", reason: expect.stringMatching(/^serve\[0\]\.to: must be an address/) },
    ]);
  });

  it("names what tailscaled cannot be started with, and any of it where the network provider starts nothing", async () => {
    const daemon = { port: 1, flags: { port: 1 } };
    expect(await failuresOf({ daemon })).toEqual([
      { property: "daemon", reason: "daemon: the network provider radio starts no daemon; leave it out" },
    ]);
    const block = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
    const headscale = { provider: "headscale", config: block };
    expect(await failuresOf({ ...headscale, daemon: { port: UNKNOWN, flags: UNKNOWN } })).toEqual([]);
    expect(await failuresOf({ ...headscale, daemon })).toEqual([
      { property: "daemon", reason: expect.stringMatching(/^daemon\.flags\.port: is the setting `port`/) },
    ]);
    expect(await failuresOf({ ...headscale, daemon: { env: { TS_AUTHKEY: "x" } } })).toEqual([
      { property: "daemon", reason: expect.stringMatching(/^daemon\.env\.TS_AUTHKEY: looks like a secret/) },
    ]);
  });

  it("names a host that shall be tuned for routing and routes nothing, and any where the network provider tunes none", async () => {
    const flags = { "advertise-routes": ["10.0.0.0/24"] };
    expect(await failuresOf({ udpGro: true, flags })).toEqual([
      { property: "udpGro", reason: "udpGro: the network provider radio tunes no hosts; leave it out" },
    ]);
    const block = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
    const headscale = { provider: "headscale", config: block, udpGro: true };
    expect(await failuresOf({ ...headscale, flags })).toEqual([]);
    expect(await failuresOf({ ...headscale, flags: { "advertise-exit-node": true } })).toEqual([]);
    expect(await failuresOf({ ...headscale, flags: { "advertise-routes": UNKNOWN } })).toEqual([]);
    expect(await failuresOf({ ...headscale, udpGro: UNKNOWN })).toEqual([]);
    expect(await failuresOf({ ...headscale, udpGro: false })).toEqual([]);
    expect(await failuresOf({ ...headscale, flags: { ssh: true } })).toEqual([
      {
        property: "udpGro",
        reason: expect.stringMatching(/^udpGro: is for a host that routes: declare advertise-routes or/),
      },
    ]);
  });

  it("says nothing of inputs that are right", async () => {
    expect(await failuresOf({})).toEqual([]);
    // An auth key that came to nothing, and roles whose tags are not known yet.
    expect(await failuresOf({ authKey: null })).toEqual([]);
    const config = { transport: "udp", role_tags: UNKNOWN };
    expect(
      (await failuresOf({ config, roles: ["web"] })).filter(({ property }) => property === "roles"),
    ).toEqual([]);
  });
});
