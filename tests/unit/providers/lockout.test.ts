/** Lock-out safety: when a connection rides the mesh, what a guarded step makes of the answers, and the host's own part. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { MeshError } from "../../../errors";
import { createContext, get } from "../../../providers";
import type { ClientStatus } from "../../../providers/tailnet/probe/facts";
import { parsePeer } from "../../../providers/tailnet/probe/peer";
import { ridesMesh } from "../../../providers/tailnet/guard/rides-mesh";
import { hostScript } from "../../../providers/tailnet/scripts";
import type { Session } from "../../../transport";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";
import { eventually } from "../../support/eventually";
import { temporaryFolder } from "../../support/temporary-folder";

describe("a connection rides the mesh", () => {
  const status = { BackendState: "Running", Self: { TailscaleIPs: ["10.9.0.7", "fd00::7"] } } as ClientStatus;
  const rides = (connection: string, device = "eth0", state = status) =>
    ridesMesh({ peer: parsePeer(`connection=${connection}\ndevice=${device}`), status: state });

  it.each([
    ["at an address of the tailnet's range", "203.0.113.5 50000 100.64.0.7 22"],
    ["at an IPv6 address of the tailnet's range", "2001:db8::5 50000 fd7a:115c:a1e0::7 22"],
    ["from an address of the tailnet's range", "100.127.1.1 50000 192.0.2.7 22"],
    ["at the node's own address in a tailnet with a range of its own", "203.0.113.5 50000 10.9.0.7 22"],
  ])("%s", (_, connection) => {
    expect(rides(connection)).toBe(true);
  });

  it("whose way back leads through the client's device", () => {
    expect(rides("192.168.7.5 50000 192.0.2.7 22", "tailscale0")).toBe(true);
  });

  it("that comes from the client itself, which has no device", () => {
    expect(rides("127.0.0.1 50000 127.0.0.1 22", "lo", { ...status, TUN: false })).toBe(true);
    expect(rides("127.0.0.1 50000 127.0.0.1 22", "lo", { ...status, TUN: true })).toBe(false);
  });

  it("that the client itself serves: Tailscale SSH", () => {
    expect(ridesMesh({ peer: parsePeer("ssh=tailscale"), status })).toBe(true);
  });

  it("but not beside it, nor without SSH", () => {
    expect(rides("203.0.113.5 50000 192.0.2.7 22")).toBe(false);
    expect(rides("100.63.255.255 50000 100.128.0.1 22")).toBe(false);
    expect(ridesMesh({ peer: parsePeer(""), status: undefined })).toBe(false);
  });
});

const DONE = "#:guard\ndone\n";

describe("a guarded change", () => {
  const riding = probeOutput({ peer: "203.0.113.5 50000 100.64.0.7 22", prefs: { RunSSH: true } });
  const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
  const change = async (session: Session) =>
    get("headscale").ensureJoined(createContext(session, { env: {} }), {
      config,
      host: "web-1",
      tags: [],
      flags: { "shields-up": true, "exit-node": "" },
    });

  it("is kept when the host was reached again; the facts are those it printed after the change", async () => {
    const after = probeOutput({ prefs: { ShieldsUp: true }, run: { code: 0, output: "" } });
    const session = fakeSession(riding, DONE, `${after}\n#:guard\nkept\n`);
    expect(await change(session)).toMatchObject({ flags: { "shields-up": true } });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe", "change", "confirm"]);
    const [, id, seconds, restore] = session.calls[1]!.args;
    expect(id).toBe(session.calls[2]!.args[0]);
    expect(Number(seconds)).toBeGreaterThan(10);
    expect(restore!.split("\n")).toEqual(["--hostname=web-1", "--shields-up=false"]);
  });

  it.each([
    ["accept-routes", true, "--accept-routes=false"],
    ["exit-node", "gate", "--exit-node="],
    ["exit-node-allow-lan-access", false, "--exit-node-allow-lan-access=true"],
  ])(
    "is made beside the mesh, too, where it sends the answers another way: %s",
    async (flag, value, former) => {
      const beside = { peer: "203.0.113.5 50000 192.0.2.7 22" };
      const after = probeOutput({ run: { code: 0, output: "" } });
      const prefs = { ExitNodeAllowLANAccess: true };
      const session = fakeSession(probeOutput({ ...beside, prefs }), DONE, `${after}\n#:guard\nrestored\n`);
      const ctx = createContext(session, { env: {} });
      const options = { config, host: "web-1", tags: [], flags: { [flag]: value } };
      await expect(get("headscale").ensureJoined(ctx, options)).rejects.toMatchObject({
        kind: "would-lock-out",
        remedy: expect.stringContaining("exit-node-allow-lan-access"),
      });
      expect(session.calls[1]!.args[3]!.split("\n")).toContain(former);
    },
  );

  it("is made beside the mesh, too, by an extra flag: nobody here knows what it does", async () => {
    const peer = "203.0.113.5 50000 192.0.2.7 22";
    const after = probeOutput({ run: { code: 0, output: "" } });
    const session = fakeSession(probeOutput({ peer }), DONE, `${after}\n#:guard\nrestored\n`);
    const options = {
      ...{ config, host: "web-1", tags: [] },
      ...{ extraFlags: { "route-all-by": "x" }, former: { extraFlags: { "route-all-by": "y" } } },
    };
    const ctx = createContext(session, { env: {} });
    await expect(get("headscale").ensureJoined(ctx, options)).rejects.toMatchObject({
      kind: "would-lock-out",
    });
    expect(session.calls[1]!.args[3]!.split("\n")).toContain("--route-all-by=y");
  });

  it("guards what follows when the host was reached again in the mesh, where it had not come from", async () => {
    const peer = "203.0.113.5 50000 192.0.2.7 22";
    const prefs = { RouteAll: true };
    const after = probeOutput({ prefs, run: { code: 0, output: "" } });
    const kept = `${after}\n#:guard\nkept\n`;
    const down = probeOutput({ peer, prefs, backendState: "Stopped" });
    const run = async (meshAddress: string | undefined) => {
      const session = fakeSession(down, DONE, kept, ...(meshAddress === undefined ? [after] : [DONE, kept]));
      const options = { config, host: "web-1", tags: [], flags: { "shields-up": true } };
      await get("headscale").ensureJoined(createContext({ ...session, meshAddress }, { env: {} }), options);
      return session.calls.map(({ label }) => label);
    };
    expect(await run("100.64.0.7")).toEqual(["probe", "change", "confirm", "change", "confirm"]);
    expect(await run(undefined)).toEqual(["probe", "change", "confirm", "change"]);
  });

  it("needs no guard beside the mesh when it only concerns the mesh, nor without SSH", async () => {
    for (const [peer, flags] of [
      ["203.0.113.5 50000 192.0.2.7 22", { "shields-up": true }],
      [undefined, { "accept-routes": true }],
    ] as const) {
      const session = fakeSession(probeOutput({ peer }), probeOutput({ run: { code: 0, output: "" } }));
      const ctx = createContext(session, { env: {} });
      await get("headscale").ensureJoined(ctx, { config, host: "web-1", tags: [], flags });
      expect(session.calls.map(({ label }) => label)).toEqual(["probe", "change"]);
    }
  });

  describe("that starts what was stopped", () => {
    const peer = "203.0.113.5 50000 192.0.2.7 22";
    const RESTORED = `${probeOutput({ run: { code: 0, output: "" } })}\n#:guard\nrestored\n`;
    const joined = async (session: Session, flags = {}) =>
      get("headscale").ensureJoined(createContext(session, { env: {} }), {
        config,
        host: "web-1",
        tags: [],
        flags,
      });

    it.each([
      ["an exit node by its id", { ExitNodeID: "n2" }, "an exit node"],
      ["an exit node by its address", { ExitNodeIP: "100.64.0.2" }, "an exit node"],
      ["an exit node of the client's choice", { AutoExitNode: "any" }, "an exit node"],
      ["the routes of others", { RouteAll: true }, "accept-routes"],
    ])("a node that uses %s", async (_, prefs, what) => {
      const session = fakeSession(probeOutput({ peer, backendState: "Stopped", prefs }), DONE, RESTORED);
      await expect(joined(session)).rejects.toMatchObject({
        kind: "would-lock-out",
        message: expect.stringContaining(`after tailscale up, with ${what} set on the node`),
        remedy: expect.stringContaining('exit-node: ""'),
      });
      expect(session.calls[1]!.args.slice(2, 4)).toEqual(["45", "down"]);
    });

    it("but not a node that uses neither, nor without SSH", async () => {
      for (const parts of [{ peer }, { prefs: { RouteAll: true } }]) {
        const session = fakeSession(
          probeOutput({ ...parts, backendState: "Stopped" }),
          probeOutput({ run: { code: 0, output: "" } }),
        );
        await joined(session);
        expect(session.calls.map(({ label }) => label)).toEqual(["probe", "change"]);
      }
    });

    it("a node whose flags end that loses it first, and starts without a guard", async () => {
      const stopped = { peer, backendState: "Stopped" };
      const session = fakeSession(
        probeOutput({ ...stopped, prefs: { ExitNodeID: "n2", RouteAll: true } }),
        probeOutput({ ...stopped, run: { code: 0, output: "" } }),
        probeOutput({ peer, run: { code: 0, output: "" } }),
      );
      await joined(session, { "exit-node": "", "accept-routes": false });
      expect(session.calls.map(({ args }) => args.slice(1))).toEqual([
        [],
        ["set", "--exit-node=", "--accept-routes=false"],
        ["up"],
      ]);
    });

    it.each([
      ["the daemon of a client that has a login", { active: "inactive" }, "start-daemon"],
      ["the client anew, on a host that kept its login", { withoutClient: true }, "install"],
    ])("%s", async (_, parts, label) => {
      const silent = (storedLogin: boolean, ...others: string[]) =>
        fakeSession(
          // A daemon that does not answer has no status.
          probeOutput({ peer, ...parts, facts: storedLogin ? { stored_login: "yes" } : {} })
            .replace(/#:status\n[^#]*/, "")
            .replace(/#:prefs\n[^#]*/, ""),
          ...others,
        );
      const install = async (session: Session) =>
        get("headscale").ensureInstalled(createContext(session, { env: {} }), { config, host: "web-1" });
      const guarded = silent(true, DONE, RESTORED);
      await expect(install(guarded)).rejects.toMatchObject({ kind: "would-lock-out" });
      expect(guarded.calls.map((call) => call.label)).toEqual(["probe", label, "confirm"]);
      expect(guarded.calls[1]!.args[3]).toBe("down");
      const plain = silent(false, probeOutput({ run: { code: 0, output: "" } }));
      await install(plain);
      expect(plain.calls.map((call) => call.label)).toEqual(["probe", label]);
    });
  });

  it("is an error when the host has restored its settings, or was restarted", async () => {
    const outcomeOf = async (verdict: string) =>
      change(fakeSession(riding, DONE, `#:guard\n${verdict}\n`)).catch((error: unknown) => error);
    for (const [verdict, text] of [
      ["restored", /has restored its former settings/],
      ["lost", /was it restarted/],
    ] as const) {
      const error = await outcomeOf(verdict);
      expect(error).toMatchObject({ kind: "would-lock-out" });
      expect((error as MeshError).message).toMatch(text);
    }
  });
});

describe("the host's part", () => {
  /** Runs the keeper with a `tailscale` that writes down how it is called, and plays two profiles. */
  async function keep(decided: boolean): Promise<string[]> {
    const home = temporaryFolder("keeper");
    const folder = join(home, "run");
    mkdirSync(folder);
    writeFileSync(join(home, "profile"), "first\n");
    const client = `#!/bin/sh
[ -z "$SSH_CLIENT" ] || exit 1 # asks whoever came over the mesh whether to go on, and nobody answers
case "$*" in
  "switch --list") printf 'ID Tailnet Account\\n'; for id in first second; do
    if [ "$id" = "$(cat "${home}/profile")" ]; then echo "$id net me*"; else echo "$id net me"; fi; done ;;
  *) echo "$*" >>"${home}/calls"; [ "$1" = switch ] && echo "$2" >"${home}/profile" ;;
esac
[ "$2" != --fails=x ]
`;
    writeFileSync(join(home, "tailscale"), client, { mode: 0o755 });
    const step = `cat; echo second >"${home}/profile"; echo "changed $1"`;
    const restore = "--fails=x\n--hostname=a 'b'\n";
    const env = { PATH: `${home}:${process.env["PATH"]}`, SSH_CLIENT: "100.64.0.2 50000 22" };
    const keeper = spawn("sh", ["-c", hostScript("keeper"), "guard", folder, "1", restore, step, "it"], {
      env,
    });
    keeper.stdin.end("from standard input\n");
    const awaitFile = (name: string) =>
      eventually(() => expect(readdirSync(folder)).toContain(name), { timeout: 5000 });
    await awaitFile("done");
    if (decided) mkdirSync(join(folder, "decided"), { recursive: true });
    else await awaitFile("restored");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("from standard input\nchanged it\n");
    const ended = new Promise((resolve) => keeper.on("close", resolve));
    if (decided) await new Promise((resolve) => setTimeout(resolve, 1500));
    rmSync(folder, { recursive: true });
    await ended; // It goes when the handler has taken its folder away.
    const calls = join(home, "calls");
    return existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  }

  it("returns to the former profile and sets each setting by itself, when nobody came back", async () => {
    expect(await keep(false)).toEqual(["switch first", "set --fails=x", "set --hostname=a 'b'"]);
  });

  it("leaves the change alone when somebody did", async () => {
    expect(await keep(true)).toEqual([]);
  });
});
