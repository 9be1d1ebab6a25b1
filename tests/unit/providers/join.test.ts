import { describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions } from "../../../providers";
import { fakeSession, type FakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const KEY = "hskey-auth-canary-0123456789";
const headscaleConfig = {
  login_server: "https://headscale.demo.lab",
  tailnet_domain: "demo.mesh",
  auth_key_env: "HS_AUTHKEY",
};
const tailscaleConfig = { tailnet_domain: "demo.mesh", auth_key_env: "HS_AUTHKEY" };

const NEEDS_LOGIN = probeOutput({ backendState: "NeedsLogin" });
const ran = (output: string, parts: ProbeParts = {}) =>
  probeOutput({ ...parts, run: { code: output === "" ? 0 : 1, output } });

async function join(
  id: string,
  session: FakeSession,
  options: Partial<EnsureJoinedOptions> = {},
  env = { HS_AUTHKEY: KEY } as Record<string, string>,
) {
  const config = id === "headscale" ? headscaleConfig : tailscaleConfig;
  return get(id).ensureJoined(createContext(session, { env }), {
    config,
    host: "web-1",
    tags: ["tag:web"],
    ...options,
  });
}

const labels = (session: FakeSession) => session.calls.map(({ label }) => label);

describe("a host that is joined", () => {
  it("costs one probe, no key and no change", async () => {
    const session = fakeSession(probeOutput({ tags: ["tag:web", "tag:extra"] }));
    const node = await join("headscale", session, {}, {});
    expect(labels(session)).toEqual(["probe"]);
    expect(node).toMatchObject({ fqdn: "web-1.demo.mesh", nodeId: "7", tags: ["tag:extra", "tag:web"] });
  });

  it("is not taken for a new one while its daemon starts: it is given the time, and no key", async () => {
    const session = fakeSession(probeOutput({ backendState: "NoState" }), probeOutput({ tags: ["tag:web"] }));
    expect(await join("headscale", session, {}, {})).toMatchObject({ nodeId: "7" });
    expect(labels(session)).toEqual(["probe", "await-daemon"]);
  });

  it("shares the probe with ensureInstalled", async () => {
    const session = fakeSession(probeOutput({ tags: ["tag:web"] }));
    const ctx = createContext(session, { env: {} });
    await get("headscale").ensureInstalled(ctx, { config: headscaleConfig, host: "web-1" });
    await get("headscale").ensureJoined(ctx, { config: headscaleConfig, host: "web-1", tags: ["tag:web"] });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("gets a changed hostname and changed flags by one `set`", async () => {
    const drifted = probeOutput({
      tags: ["tag:web"],
      prefs: { Hostname: "old", RouteAll: false, ShieldsUp: true },
    });
    const session = fakeSession(drifted, ran("", { tags: ["tag:web"] }));
    await join("headscale", session, { flags: { "accept-routes": true, "shields-up": true } });
    expect(session.calls[1]!.args).toEqual(["web-1", "set", "--hostname=web-1", "--accept-routes=true"]);
  });

  it("keeps routes in any order, as a list or as text", async () => {
    const routes = { AdvertiseRoutes: ["10.2.0.0/16", "10.1.0.0/16", "0.0.0.0/0", "::/0"] };
    for (const wanted of [["10.1.0.0/16", "10.2.0.0/16"], "10.2.0.0/16, 10.1.0.0/16"]) {
      const session = fakeSession(probeOutput({ tags: ["tag:web"], prefs: routes }));
      const node = await join("headscale", session, { flags: { "advertise-routes": wanted } });
      expect(node).toMatchObject({ flags: { "advertise-routes": wanted } });
    }
    const session = fakeSession(
      probeOutput({ tags: ["tag:web"], prefs: routes }),
      ran("", { tags: ["tag:web"], allowedRoutes: ["10.3.0.0/16"] }),
    );
    await join("headscale", session, { flags: { "advertise-routes": ["10.3.0.0/16"] } });
    expect(session.calls[1]!.args).toEqual(["", "set", "--advertise-routes=10.3.0.0/16"]);
  });

  it("has its routes, however they are spelled", async () => {
    const prefs = { AdvertiseRoutes: ["fd00:1::/64", "10.1.0.0/16"] };
    for (const wanted of [["FD00:1:0::/64", "10.1.0.0/16"], "10.1.0.0/16,fd00:1:0:0::/64"]) {
      const session = fakeSession(probeOutput({ tags: ["tag:web"], prefs }));
      await join("headscale", session, { flags: { "advertise-routes": wanted } });
      expect(labels(session)).toEqual(["probe"]);
    }
  });

  it("gets extra flags once: those that an earlier run set to the same value are not set again", async () => {
    const extraFlags = { "newer-check": false, "newer-port": 4000 };
    const session = () => fakeSession(probeOutput({ tags: ["tag:web"] }), ran("", { tags: ["tag:web"] }));
    const first = session();
    await join("headscale", first, { extraFlags });
    expect(first.calls[1]!.args).toEqual(["", "set", "--newer-check=false", "--newer-port=4000"]);
    const changed = session();
    const former = { extraFlags: { ...extraFlags, "newer-port": 5000 } };
    await join("headscale", changed, { extraFlags, former });
    expect(changed.calls[1]!.args).toEqual(["", "set", "--newer-port=4000"]);
    const again = session();
    await join("headscale", again, { extraFlags, former: { extraFlags } });
    expect(labels(again)).toEqual(["probe"]);
  });

  it("gets extra flags as they are: a comma or a slash may mean something else there", async () => {
    const extraFlags = { a: "z, b", b: "10.0.0.1/8", c: ["z", "b"], d: "/x//y/" };
    const session = fakeSession(probeOutput({ tags: ["tag:web"] }), ran("", { tags: ["tag:web"] }));
    await join("headscale", session, { extraFlags });
    expect(session.calls[1]!.args.slice(2)).toEqual(["--a=z, b", "--b=10.0.0.1/8", "--c=z,b", "--d=/x//y/"]);
  });

  describe("that uses an exit node", () => {
    const prefs = { ExitNodeID: "n2", ExitNodeIP: "" };
    const used = { name: "gate.demo.mesh.", addresses: ["100.64.0.2/32", "fd7a:115c:a1e0::2/128"] };

    it.each(["gate", "GATE", "gate.demo.mesh", "gate.demo.mesh.", "100.64.0.2", "fd7a:115c:a1e0::2"])(
      "which the client remembers by its id, has the one that is wanted as %s",
      async (wanted) => {
        const session = fakeSession(probeOutput({ tags: ["tag:web"], prefs, exitNode: used }));
        const node = await join("headscale", session, { flags: { "exit-node": wanted } });
        expect(node).toMatchObject({ flags: { "exit-node": wanted } });
        expect(labels(session)).toEqual(["probe"]);
      },
    );

    it("gets another one, and shows the present one by its address", async () => {
      const output = probeOutput({ tags: ["tag:web"], prefs, exitNode: used });
      const session = fakeSession(output, ran("", { tags: ["tag:web"], prefs, exitNode: used }));
      const node = await join("headscale", session, { flags: { "exit-node": "other" } });
      expect(session.calls[1]!.args).toEqual(["", "set", "--exit-node=other"]);
      expect(node).toMatchObject({ flags: { "exit-node": "100.64.0.2" } });
    });

    it("of the client's own choice is not taken for one that was named", async () => {
      const auto = { ...prefs, AutoExitNode: "any" };
      const output = probeOutput({ tags: ["tag:web"], prefs: auto, exitNode: used });
      const session = fakeSession(output);
      const node = await join("headscale", session, { flags: { "exit-node": "auto:any" } });
      expect(node).toMatchObject({ flags: { "exit-node": "auto:any" } });
      const named = fakeSession(output, ran("", { tags: ["tag:web"], prefs, exitNode: used }));
      await join("headscale", named, { flags: { "exit-node": "gate" } });
      expect(named.calls[1]!.args).toEqual(["", "set", "--exit-node=gate"]);
    });
  });

  it.each<[EnsureJoinedOptions["flags"], EnsureJoinedOptions["extraFlags"], string]>([
    [{ "netfilter-mode": "none" }, {}, "flags.netfilter-mode: must be on, nodivert or off"],
    [
      { "advertise-routes": ["10.0.0.0"] },
      {},
      'flags.advertise-routes: must be a list of subnets, as ["10.0.0.0/24"]',
    ],
    [{ "advertise-routes": "::/0" }, {}, "flags.advertise-routes: must not hold 0.0.0.0/0 or ::/0"],
    [{ "advertise-routes": "10.0.0.0/8, 0.0.0.0/0" }, {}, "flags.advertise-routes: must not hold 0.0.0.0/0"],
    [{ "advertise-routes": ["10.0.0.0/8", "0::0/0"] }, {}, "flags.advertise-routes: must not hold 0.0.0.0/0"],
    [{ "exit-node": "--reset" }, {}, "flags.exit-node: must be one word"],
    [{ operator: ["me"] }, {}, "flags.operator: expected a string, got list"],
    [{ "newer-port": 1 }, {}, "others go under extraFlags"],
    [{ foo: 1 }, {}, 'unknown flag "foo"; known: accept-dns,'],
    [{}, { ssh: true }, "extraFlags.ssh: write it under flags"],
    [{}, { hostname: "x" }, "extraFlags.hostname: is set by this package"],
  ])("is not touched with the flags %j and the extra flags %j", async (flags, extraFlags, text) => {
    const session = fakeSession();
    await expect(join("headscale", session, { flags, extraFlags })).rejects.toThrow(text);
  });

  it("is refused when it belongs to another control server", async () => {
    const session = fakeSession(probeOutput({ prefs: { ControlURL: "https://other.example" } }));
    await expect(join("headscale", session)).rejects.toMatchObject({ kind: "wrong-tailnet", host: "web-1" });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is refused when it is in another tailnet of the same control server", async () => {
    await expect(
      join("headscale", fakeSession(probeOutput({ suffix: "other.ts.net" }))),
    ).rejects.toMatchObject({ kind: "wrong-tailnet" });
  });

  it("is not changed when a tag is missing and there is no API key", async () => {
    const session = fakeSession(probeOutput({ tags: ["tag:db"] }));
    await expect(join("headscale", session)).rejects.toThrow(
      /tag refused: the node lacks tag:web\. .*api_key_env/,
    );
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is refused while a tag of an earlier run, not wanted any more, cannot be taken away", async () => {
    const session = fakeSession(probeOutput({ tags: ["tag:old", "tag:web"] }));
    await expect(join("headscale", session, { former: { tags: ["tag:old"] } })).rejects.toThrow(
      /the node still has tag:old/,
    );
  });

  it("waits for approval when the control server says so", async () => {
    await expect(
      join("headscale", fakeSession(probeOutput({ backendState: "NeedsMachineAuth" }))),
    ).rejects.toMatchObject({ kind: "approval-needed" });
  });

  it("is never silently accepted under another name", async () => {
    const session = fakeSession(probeOutput({ tags: ["tag:web"], dnsName: "web-1-1.demo.mesh." }));
    await expect(join("headscale", session)).rejects.toMatchObject({ kind: "name-taken" });
  });
});

describe("a host that has to log in", () => {
  it("gets the key on standard input only", async () => {
    const session = fakeSession(NEEDS_LOGIN, ran("", { tags: ["tag:web"] }));
    await join("headscale", session);
    expect(session.calls[1]).toEqual({
      label: "login",
      args: [
        "up",
        "--auth-key=file:/dev/stdin",
        "--login-server=https://headscale.demo.lab",
        "--hostname=web-1",
        "--advertise-tags=",
      ],
      stdin: KEY,
    });
    expect(JSON.stringify(session.calls.map(({ args }) => args))).not.toContain(KEY);
  });

  it("asks for the tags when the control server decides by request", async () => {
    const joined = ran("", {
      tags: ["tag:web"],
      prefs: { ControlURL: "https://controlplane.tailscale.com" },
    });
    const session = fakeSession(NEEDS_LOGIN, joined);
    await join("tailscale", session);
    expect(session.calls[1]!.args).toContain("--advertise-tags=tag:web");
  });

  it("falls back to the tags that the key carries, and verifies them", async () => {
    const refused = probeOutput({
      backendState: "NeedsLogin",
      run: { code: 1, output: "requested tags [tag:web] are invalid or not permitted" },
    });
    const joined = ran("", {
      tags: ["tag:web"],
      prefs: { ControlURL: "https://controlplane.tailscale.com" },
    });
    const session = fakeSession(NEEDS_LOGIN, refused, joined);
    await join("tailscale", session);
    expect(labels(session)).toEqual(["probe", "login", "login"]);
    expect(session.calls[2]!.args).toContain("--advertise-tags=");
  });

  it("is logged out again when it did not get its tags", async () => {
    const session = fakeSession(NEEDS_LOGIN, ran("", { tags: [] }), ran("", { backendState: "NeedsLogin" }));
    await expect(join("headscale", session)).rejects.toMatchObject({ kind: "tag-refused" });
    expect(labels(session)).toEqual(["probe", "login", "logout"]);
  });

  it("mentions settings made by others, which `tailscale up` demands", async () => {
    const before = probeOutput({
      backendState: "NeedsLogin",
      prefs: { ControlURL: "https://headscale.demo.lab", RouteAll: true, OperatorUser: "ops" },
    });
    const session = fakeSession(before, ran("", { tags: ["tag:web"] }));
    await join("headscale", session);
    expect(session.calls[1]!.args).toEqual(
      expect.arrayContaining(["--accept-routes=true", "--operator=ops"]),
    );
  });

  it("gets what `up` does not take, or not yet, after the login; and keeps what others had set of it", async () => {
    const prefs = {
      ControlURL: "https://headscale.demo.lab",
      RunWebClient: true,
      ExitNodeAllowLANAccess: true,
    };
    const joined = ran("", { tags: ["tag:web"], prefs: { RunWebClient: false } });
    const session = fakeSession(probeOutput({ backendState: "NeedsLogin", prefs }), joined, joined);
    await join("headscale", session, { flags: { "exit-node": "gate", ssh: true } });
    const [, login, set] = session.calls;
    expect(login!.args).toContain("--ssh=true");
    expect(login!.args.join()).not.toMatch(/exit-node|webclient/);
    expect(set!.args).toEqual(["", "set", "--webclient=true", "--exit-node=gate", "--ssh=true"]);
  });

  it("is told when the login drops an exit node of somebody else's", async () => {
    const prefs = { ControlURL: "https://headscale.demo.lab", ExitNodeID: "n2" };
    const warned: string[] = [];
    const session = fakeSession(
      probeOutput({ backendState: "NeedsLogin", prefs }),
      ran("", { tags: ["tag:web"] }),
    );
    const warn = (text: string) => void warned.push(text);
    const ctx = createContext(session, { env: { HS_AUTHKEY: KEY }, warn });
    const options = { config: headscaleConfig, host: "web-1", tags: ["tag:web"] };
    await get("headscale").ensureJoined(ctx, options);
    expect(warned).toEqual([expect.stringMatching(/^web-1: the login dropped the exit node/)]);
  });

  it("counts as joined when the node runs, whatever the client printed", async () => {
    const session = fakeSession(NEEDS_LOGIN, ran("backend error: authkey expired", { tags: ["tag:web"] }));
    await expect(join("headscale", session)).resolves.toMatchObject({ fqdn: "web-1.demo.mesh" });
  });

  it.each([
    ["backend error: authkey already used", "key-used"],
    ["backend error: authkey expired", "key-expired"],
    ["backend error: failed to parse auth-key: x", "key-invalid"],
    ["backend error: handling register with auth key: auth-key not found", "key-invalid"],
    ["invalid key: API key does not exist", "key-invalid"],
    ["requested tags [tag:x] are invalid or not permitted", "tag-refused"],
    ["timeout waiting for Tailscale service to enter a Running state", "timed-out"],
    ['fetch control key: Get "https://h/key": connection refused', "control-server"],
    ["something new", "join-failed"],
  ])("that printed %j failed with %s", async (output, kind) => {
    const failed = probeOutput({ backendState: "NeedsLogin", run: { code: 1, output } });
    await expect(join("headscale", fakeSession(NEEDS_LOGIN, failed))).rejects.toMatchObject({
      kind,
      host: "web-1",
    });
  });

  it("names the variable when there is no key", async () => {
    await expect(join("headscale", fakeSession(NEEDS_LOGIN), {}, {})).rejects.toThrow(
      /key missing: .*variable HS_AUTHKEY is empty or not set/,
    );
  });

  it("never repeats the key in an error", async () => {
    const failed = probeOutput({
      backendState: "NeedsLogin",
      run: { code: 1, output: `invalid key ${KEY}` },
      health: [`bad ${KEY}`],
    });
    await expect(join("headscale", fakeSession(NEEDS_LOGIN, failed))).rejects.toThrow(/\[redacted\]/);
    await expect(join("headscale", fakeSession(NEEDS_LOGIN, failed))).rejects.not.toThrow(KEY);
  });
});
