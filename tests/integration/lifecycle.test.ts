/** A node's later life: its state, refresh, renaming, another network provider, a host declared by hand. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { tailscaleNetwork } from "./support/network";
import type { Stack } from "./support/stack";
import { roundTrips } from "./support/stack";
import { keyedStack } from "./support/keyed-stack";
import { FLAGS, type FlagName } from "../../providers/tailnet/settings/known-flags";
import { eventually } from "../support/eventually";

describe("a joined host", () => {
  let lab: Lab;
  let stack: Stack;
  const hosts = (extra: object = {}) => ({
    "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], ...extra },
  });

  beforeAll(async () => {
    lab = await mustLab();
    await freshHosts(lab, "host-1");
    stack = (await keyedStack(lab)).configure({ hosts: hosts() });
    await stack.mustUp();
  });
  afterAll(async () => {
    await stack.destroy();
    await stack[Symbol.asyncDispose]();
  });

  const hostState = async () => {
    const { deployment } = await stack.state();
    return deployment.resources.find(({ type }) => type.endsWith("mesh:Host"))!;
  };

  it("takes at most 3 KB of state, the shim in both halves included", async () => {
    const state = await hostState();
    // The key of the lab's mirror: users of the official packages have none.
    const text = JSON.stringify(state, (key, value: unknown) =>
      key === "repository_key" ? undefined : value,
    );
    expect(text.length).toBeLessThanOrEqual(3_000);
    const shim = state.inputs!["__provider"] as string;
    expect(shim.length).toBeLessThanOrEqual(200);
    expect(shim).toContain("('pulumi-mesh/handlers')");
    expect(shim).not.toContain(process.cwd());
  });

  it("is read with one connection and one exec, and a refresh of an unchanged host shows no difference", async () => {
    const before = (await hostState()).outputs;
    const run = await stack.refresh();
    expect((await hostState()).outputs).toEqual(before);
    expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
    expect(run.output).toMatch(/Resources:\n {4}3 unchanged/);
    expect((await stack.up()).trace).toEqual([]);
  });

  it("shows what others changed after a refresh, and up puts it back", async () => {
    await lab.exec("host-1", ["tailscale", "set", "--hostname=other"]);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toMatch(/nodeName\s*: "web-1" => "other"/);
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1").execs[1]).toBe("change");
    expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1"]);
  });

  it("that was renamed at the control server is found by a refresh, and gets its name back", async () => {
    const [node] = await listNodes(lab);
    await lab.headscale(["nodes", "rename", "renamed", "--identifier", node!.id]);
    const fqdnOnHost = () => onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep DNSName");
    await eventually(async () => expect(await fqdnOnHost()).toContain("renamed."), { timeout: 10_000 });
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toContain(
      `expected the FQDN web-1.${lab.baseDomain}, found renamed.${lab.baseDomain}`,
    );
    await stack.mustUp();
    expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1"]);
    expect((await stack.up()).trace).toEqual([]);
  });

  it("has a client whose settings are all known here, and which of them `up` does not take", async () => {
    const namesIn = async (command: string) => {
      const { stdout, stderr } = await lab.exec("host-1", ["tailscale", command, "--help"]);
      return [...`${stdout}${stderr}`.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name = ""]) => name);
    };
    const settings = (await namesIn("set")).filter((name) => !["accept-risk", "hostname"].includes(name));
    expect(settings).toEqual(Object.keys(FLAGS).sort());
    const atLogin = await namesIn("up");
    const late = settings.filter(
      (name) => FLAGS[name as FlagName].late === true && !name.startsWith("exit-node"),
    );
    expect(late).toEqual(settings.filter((name) => !atLogin.includes(name)));
  });

  it("gets every kind of flag, and reads each back the same: a refresh and another `up` find nothing", async () => {
    const flags = {
      "accept-dns": false,
      "advertise-routes": ["10.99.2.0/24", "10.99.1.0/24"],
      "advertise-exit-node": true,
      "netfilter-mode": "nodivert",
      operator: "admin",
      "relay-server-port": 40000,
      "relay-server-static-endpoints": ["192.0.2.1:40000", "[2001:db8::1]:40000"],
      ssh: true,
      "update-check": false,
    };
    stack.configure({ hosts: hosts({ flags, extraFlags: { "accept-risk": "lose-ssh" } }) });
    await stack.mustUp();
    const prefs = await onHost(lab, "host-1", "tailscale", "debug", "prefs");
    for (const line of ['"OperatorUser": "admin"', '"NetfilterMode": 1', '"Check": false', '"10.99.1.0/24"'])
      expect(prefs).toContain(line);
    await stack.refresh();
    expect((await stack.mustUp()).trace).toEqual([]);
    stack.configure({
      hosts: hosts({
        flags: {
          "accept-dns": true,
          "advertise-routes": [],
          "advertise-exit-node": false,
          "netfilter-mode": "on",
          operator: "",
          "relay-server-port": "",
          "relay-server-static-endpoints": [],
          ssh: false,
          "update-check": true,
        },
      }),
    });
    await stack.mustUp();
    expect(await onHost(lab, "host-1", "tailscale", "debug", "prefs")).toContain('"AdvertiseRoutes": null');
  });

  it("whose key expires soon is warned of by a refresh", async () => {
    const [node] = await listNodes(lab);
    const expiry = new Date(Date.now() + 9.5 * 24 * 3600 * 1000).toISOString().replace(/\.\d+/, "");
    await lab.headscale(["nodes", "expire", "--identifier", node!.id, "--expiry", expiry]);
    const { output } = await stack.refresh();
    expect(output).toMatch(/warning: web-1: the key of the node expires on \S+, in 9 days/);
  });

  it("gets flags by `tailscale set`, and loses none that others set", async () => {
    await lab.exec("host-1", ["tailscale", "set", "--shields-up"]);
    stack.configure({ hosts: hosts({ flags: { "accept-routes": true } }) });
    await stack.mustUp();
    const prefs = await onHost(lab, "host-1", "tailscale", "debug", "prefs");
    expect(prefs).toMatch(/"RouteAll": true/);
    expect(prefs).toMatch(/"ShieldsUp": true/);
    await lab.exec("host-1", ["tailscale", "set", "--shields-up=false"]);
  });

  it("that was logged out is gone after a refresh, and up brings it back", async () => {
    await lab.exec("host-1", ["tailscale", "logout"]);
    const refreshed = await stack.refresh();
    expect(refreshed.output).toMatch(/1 deleted/);
    await stack.mustUp();
    expect((await listNodes(lab)).map(({ name, tags }) => `${name} ${tags.join()}`)).toEqual([
      "web-1 tag:app",
    ]);
  });

  it("that was removed at the control server is gone after a refresh, and up brings it back", async () => {
    for (const { id } of await listNodes(lab))
      await lab.headscale(["nodes", "delete", "--identifier", id, "--force"]);
    expect((await stack.refresh()).output).toMatch(/1 deleted/);
    await stack.mustUp();
    expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1"]);
  });

  it("keeps its state with a warning when it is out of reach", async () => {
    const fast = { ...connectionTo(lab, "host-1"), dialErrorLimit: 1, perDialTimeout: 3 };
    stack.configure({ hosts: hosts({ connection: fast }) });
    await stack.mustUp();
    await lab.exec("host-1", ["systemctl", "stop", "ssh"]);
    const { code, output } = await stack.refresh();
    await lab.exec("host-1", ["systemctl", "start", "ssh"]);
    expect(code).toBe(0);
    expect(output).toMatch(/warning: web-1: host unreachable: connection refused.*state is kept/);
    expect((await hostState()).outputs!["fqdn"]).toBe(`web-1.${lab.baseDomain}`);
  });

  it("moves to another network provider in place, and back when the new one refuses it", async () => {
    stack.configure({ network: tailscaleNetwork(lab), hosts: hosts() });
    stack.env["MESH_AUTHKEY"] = "tskey-auth-wrong";
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(/web-1: key invalid/);
    expect(await onHost(lab, "host-1", "tailscale", "debug", "prefs")).toContain(lab.loginServer);
    expect(await onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep BackendState")).toContain(
      "Running",
    );

    stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"], reusable: true });
    const run = await stack.mustUp();
    expect(run.output).toMatch(/~\s+\S*mesh:Host mesh-web-1 updat/);
    expect(await onHost(lab, "host-1", "tailscale", "debug", "prefs")).toContain(
      "https://controlplane.tailscale.com",
    );
    expect(await onHost(lab, "host-1", "tailscale", "switch", "--list")).not.toMatch(/\n.*\n/);
  });
});
