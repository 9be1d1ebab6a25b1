/** Policies: what happens on destroy, when a name is taken, and when a host is in another network. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { clearTailnet, connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork, tailscaleNetwork } from "./support/network";
import { Stack } from "./support/stack";
import { keyedStack } from "./support/keyed-stack";

let lab: Lab;
let stack: Stack;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
});
beforeEach(async () => {
  stack = await keyedStack(lab);
});
afterEach(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
  await wipeState();
  await clearTailnet(lab);
});

/** The client forgets every login, as on a rebuilt machine. */
const wipeState = () =>
  lab.exec("host-1", [
    "sh",
    "-c",
    "systemctl stop tailscaled; rm -rf /var/lib/tailscale; systemctl start tailscaled",
  ]);
const declare = (host: string, policies: object = {}, name = "web-1") =>
  stack.configure({
    hosts: { [name]: { connection: connectionTo(lab, host), tags: ["tag:app"], ...policies } },
  });
const names = async () => (await listNodes(lab)).map(({ name }) => name);
const backendState = (host: string) =>
  onHost(lab, host, "sh", "-c", "tailscale status --json | grep BackendState");

describe("onDestroy", () => {
  it("keep: leaves the host joined, and held by nobody; changing the policy needs no connection", async () => {
    declare("host-1");
    await stack.mustUp();
    declare("host-1", { onDestroy: "keep" });
    expect((await stack.mustUp()).trace).toEqual([]);
    const { code, output } = await stack.destroy();
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("stays joined") });
    expect(await backendState("host-1")).toContain("Running");
    expect(await onHost(lab, "host-1", "ls", "/var/lib/pulumi-mesh")).toBe("");
  });

  it("logout: logs out, and says that the node stays listed; the next up joins it again", async () => {
    declare("host-1", { onDestroy: "logout" });
    await stack.mustUp();
    const { output } = await stack.destroy();
    expect(output).toMatch(/web-1: the node \d+ is logged out, but stays listed/);
    expect(await names()).toEqual(["web-1"]);
    await stack.mustUp();
    expect(await names()).toEqual(["web-1"]);
  });

  it("uninstall: leaves no client, no repository and no state", async () => {
    declare("host-2", { onDestroy: "uninstall" });
    await stack.mustUp();
    expect((await stack.destroy()).code).toBe(0);
    expect(await names()).toEqual([]);
    const left = await onHost(
      lab,
      "host-2",
      "sh",
      "-c",
      "ls -d /var/lib/tailscale /etc/apt/sources.list.d/tailscale.list /usr/share/keyrings/tailscale* /usr/sbin/tailscaled /lib/systemd/system/tailscaled.service 2>/dev/null; dpkg -l tailscale 2>/dev/null | grep ^[ir]",
    );
    expect(left).toBe("");
  });

  it("never logs a host out of a network that somebody moved it to", async () => {
    declare("host-1");
    await stack.mustUp();
    // Reusable: the lab's networks are one control server, and 0.27 counts such a login twice.
    const key = await lab.authKey({ tags: ["app"], reusable: true });
    const login =
      "tailscale login --login-server=https://controlplane.tailscale.com --hostname=other --auth-key=file:/dev/stdin";
    expect((await lab.exec("host-1", ["sh", "-c", login], { stdin: key })).code).toBe(0);
    const { code, output } = await stack.destroy();
    expect(code).toBe(0);
    expect(output).toMatch(/web-1: the host is in another network by now, and was left there/);
    expect(await backendState("host-1")).toContain("Running");
  });
});

describe("onNameConflict", () => {
  /** A rebuilt machine: the old node stays listed, offline. */
  const leaveStaleNode = async () => {
    declare("host-1");
    await stack.mustUp();
    await wipeState();
    await stack.refresh();
    for (let i = 0; i < 60 && (await isOnline("web-1")); i++)
      await new Promise((resolve) => setTimeout(resolve, 500));
  };
  /** What Headscale makes of the name for the second one that asks: unique by a number, up to 0.28 by random characters. */
  const uniqueName = () => (lab.headscaleRelease === "0.29" ? /^web-1-1$/ : /^web-1-[a-z0-9]{8}$/);
  const isOnline = async (name: string) =>
    (await listNodes(lab)).some((node) => node.name === name && node.online);

  it("replace-offline: removes the stale node of a rebuilt machine, and takes its name", async () => {
    await leaveStaleNode();
    declare("host-1", { onNameConflict: "replace-offline" });
    const run = await stack.mustUp();
    expect(run.output).toContain("removing the offline node");
    expect(await names()).toEqual(["web-1"]);
  });

  it("replace-offline: a node that was joined by hand as web-1-1 gets the name of the stale one", async () => {
    await leaveStaleNode();
    const up = `tailscale up --login-server=${lab.loginServer} --hostname=web-1 --auth-key=file:/dev/stdin`;
    const key = await lab.authKey({ tags: ["app"] });
    expect((await lab.exec("host-1", ["sh", "-c", up], { stdin: key })).code).toBe(0);
    expect(await names()).toEqual(["web-1", expect.stringMatching(uniqueName())]);
    declare("host-1", { onNameConflict: "replace-offline" });
    const run = await stack.mustUp();
    expect(run.output).toContain("removing the offline node");
    expect(await names()).toEqual(["web-1"]);
    expect((await stack.outputs())["fqdns"]).toEqual({ "web-1": `web-1.${lab.baseDomain}` });
  });

  it("accept: takes the name that the control server gave, and reports it", async () => {
    await leaveStaleNode();
    declare("host-1", { onNameConflict: "accept" });
    await stack.mustUp();
    const [stale, given = ""] = await names();
    expect(stale).toBe("web-1");
    expect(given).toMatch(uniqueName());
    expect((await stack.outputs())["fqdns"]).toEqual({ "web-1": `${given}.${lab.baseDomain}` });
    expect((await stack.up()).trace).toEqual([]);
  });

  it("replace-offline without the API is refused before anything changes", async () => {
    stack.configure({ network: headscaleNetwork(lab) });
    declare("host-1", { onNameConflict: "replace-offline" });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /web-1: invalid config: onNameConflict is replace-offline, which needs .*API.*api_key_env/,
    );
    expect(await names()).toEqual([]);
  });
});

describe("another machine behind the same declaration", () => {
  const idOf = async (name: string) => (await listNodes(lab)).find((node) => node.name === name)?.id;
  const inNetwork = (block: Record<string, unknown>) =>
    stack.configure({ network: headscaleNetwork(lab, block) });
  beforeEach(async () => {
    await lab.resetHost("host-2");
    declare("host-1");
    await stack.mustUp();
  });

  it("takes the place and the name of the former one, though that is still online", async () => {
    const former = await idOf("web-1");
    declare("host-2");
    const { output } = await stack.mustUp();
    expect(output).toMatch(new RegExp(`warning: web-1: .* its former node ${former} was removed`));
    expect(await names()).toEqual(["web-1"]);
    expect(await idOf("web-1")).not.toBe(former);
    expect((await stack.outputs())["fqdns"]).toEqual({ "web-1": `web-1.${lab.baseDomain}` });
  });

  it("does not without the API: the name is taken, and the former node stays", async () => {
    const former = await idOf("web-1");
    inNetwork({});
    declare("host-2");
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: name taken: /);
    expect(await idOf("web-1")).toBe(former);
    inNetwork({ api_key_env: "MESH_API" });
    declare("host-1");
  });
});

describe("adoption", () => {
  const joinByHand = async (...flags: string[]) => {
    const key = await lab.authKey({ tags: ["app"] });
    const up = `tailscale up --login-server=${lab.loginServer} --auth-key=file:/dev/stdin ${flags.join(" ")}`;
    expect((await lab.exec("host-1", ["sh", "-c", up], { stdin: key })).code).toBe(0);
  };

  it("a host that was joined by hand is taken over with no key and no login; what differs is set", async () => {
    await joinByHand("--hostname=by-hand", "--shields-up");
    delete stack.env["MESH_AUTHKEY"];
    declare("host-1");
    const { trace } = await stack.mustUp();
    expect(trace.flatMap(({ label }) => label ?? [])).not.toContain("login");
    expect(await names()).toEqual(["web-1"]);
    expect(await onHost(lab, "host-1", "tailscale", "debug", "prefs")).toMatch(/"ShieldsUp": true/);
  });

  it("a host in another network moves under onTailnetMismatch move", async () => {
    await joinByHand("--hostname=web-1");
    stack.configure({ network: tailscaleNetwork(lab) });
    declare("host-1", { onTailnetMismatch: "move" });
    await stack.mustUp();
    expect(await onHost(lab, "host-1", "tailscale", "debug", "prefs")).toContain(
      "https://controlplane.tailscale.com",
    );
  });
});

it("two runs on one host take turns", async () => {
  declare("host-1");
  await stack.mustUp();
  // Until the other run is at its change, however long that takes; the pattern does not match itself.
  const wait = "until pgrep -f '[-]-shields-up=true'; do sleep 0.2; done; sleep 2";
  const holder = lab.exec("host-1", ["timeout", "120", "flock", "/run/pulumi-mesh/lock", "sh", "-c", wait]);
  declare("host-1", { flags: { "shields-up": true } });
  const run = await stack.mustUp();
  expect(run.output).toContain("waiting for another run on this host");
  await holder;
});

it("two stacks that join one new host at the same time end with one node, and nothing to do", async () => {
  await lab.resetHost("host-2");
  await using other = await Stack.create(lab, { env: stack.env });
  const network = headscaleNetwork(lab, { api_key_env: "MESH_API" });
  const hosts = { "web-1": { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] } };
  const stacks = [stack, other.configure({ network, hosts })];
  stack.configure({ hosts });
  const runs = await Promise.all(stacks.map((each) => each.up()));
  expect(runs.map(({ code, output }) => (code === 0 ? "" : output))).toEqual(["", ""]);
  expect(runs.map(({ output }) => output).join()).toContain("waiting for another run on this host");
  expect(await names()).toEqual(["web-1"]);
  for (const each of stacks) expect((await each.up()).trace).toEqual([]);
  other.configure({ hosts: { "web-1": { ...hosts["web-1"], onDestroy: "keep" } } });
  await other.mustUp();
  await other.destroy();
});
