/** Connections that ride the mesh: the operator reaches host-1 at its tailnet address, through host-2 as jump host. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost, withPolicy } from "./support/lab";
import { headscaleNetwork, installBlock } from "./support/network";
import { roundTrips, Stack } from "./support/stack";
import { eventually } from "../support/eventually";

let lab: Lab;
let stack: Stack;
/** Keeps host-2 joined. */
let jump: Stack;
/** The tailnet address of host-1. */
let address: string;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  const env = {
    MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
    MESH_API: await lab.apiKey(),
  };
  const network = headscaleNetwork(lab, { api_key_env: "MESH_API" });
  stack = (await Stack.create(lab, { env })).configure({ network });
  jump = (await Stack.create(lab, { env })).configure({ network });
  jump.configure({ hosts: { jump: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] } } });
  await jump.mustUp();
});
afterAll(async () => {
  declareDirect();
  for (const each of [stack, jump]) {
    await each.destroy();
    await each[Symbol.asyncDispose]();
  }
});

const declareDirect = (settings: object = {}) =>
  stack.configure({
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], ...settings } },
  });
/** As admin through sudo, which hides the SSH connection from the commands it runs. */
const declareRiding = (settings: object = {}) => {
  const proxy = connectionTo(lab, "host-2");
  const connection = { ...connectionTo(lab, "host-1", "admin"), host: address, proxy, dialErrorLimit: 1 };
  stack.configure({ hosts: { "web-1": { connection, tags: ["tag:app"], ...settings } } });
};
const prefs = async () => JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as object;

beforeEach(async () => {
  declareDirect();
  await stack.mustUp();
  address = await onHost(lab, "host-1", "tailscale", "ip", "-4");
  declareRiding();
  await stack.mustUp();
});

describe("a change of settings", () => {
  it("that leaves the host reachable is kept, after a second connection has proved it", async () => {
    declareRiding({ flags: { "accept-routes": true } });
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1")).toEqual({ connections: 2, execs: ["probe", "change", "confirm"] });
    expect(await prefs()).toMatchObject({ RouteAll: true });
    // Nothing is left of the guard, neither in memory nor for the next boot.
    expect(await onHost(lab, "host-1", "ls", "/run/pulumi-mesh")).toBe("lock");
    expect(await onHost(lab, "host-1", "stat", "-c", "%a %U", "/run/pulumi-mesh")).toBe("700 root");
    expect(
      await onHost(lab, "host-1", "sh", "-c", "ls /etc/systemd/system /var/lib/pulumi-mesh"),
    ).not.toContain("undo");
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("that cuts the host off is taken back by the host itself", async () => {
    declareRiding({ flags: { "shields-up": true } });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: would lock out: after tailscale set --shields-up=true the host could not/);
    expect(output).toContain("has restored its former settings");
    expect(await prefs()).toMatchObject({ ShieldsUp: false });
    declareRiding();
    await stack.mustUp();
  });

  it("is made as usual over a connection beside the mesh", async () => {
    declareDirect({ flags: { "shields-up": true } });
    expect(roundTrips(await stack.mustUp(), "web-1")).toEqual({ connections: 1, execs: ["probe", "change"] });
    declareDirect({ flags: { "shields-up": false } });
    await stack.mustUp();
  });
});

describe("a change of tags", () => {
  it("after which the policy lets nobody in is taken back at the control server", async () => {
    const acls = [{ action: "accept", src: ["*"], dst: ["tag:app:*"] }];
    await withPolicy(lab, { acls }, async () => {
      declareRiding({ tags: ["tag:db"] });
      const { code, output } = await stack.up();
      expect(code).not.toBe(0);
      expect(output).toMatch(/web-1: would lock out: after setting the tags tag:db the host could not/);
      expect((await listNodes(lab)).find(({ name }) => name === "web-1")?.tags).toEqual(["tag:app"]);
      declareRiding();
      await stack.mustUp();
    });
  });
});

it("another version of the client is installed, though its daemon restarts", async () => {
  const network = (version: string) =>
    headscaleNetwork(lab, { api_key_env: "MESH_API", install: installBlock(lab, { version }) });
  stack.configure({ network: network("1.98.1") });
  const run = await stack.mustUp();
  expect(roundTrips(run, "web-1")).toEqual({ connections: 2, execs: ["probe", "install", "confirm"] });
  expect(await onHost(lab, "host-1", "tailscale", "version")).toContain("1.98.1");
  stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API" }) });
});

describe("destroy", () => {
  it.each(["remove", "uninstall"])(
    "%s: removes the node through the API, and says what it could not confirm",
    async (onDestroy) => {
      declareRiding({ onDestroy });
      await stack.mustUp();
      const { code, output } = await stack.destroy();
      expect(code).toBe(0);
      expect(output).toMatch(
        /web-1: it was told to log out over the mesh itself, and cannot be reached any more/,
      );
      expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["jump"]);
      const state = () =>
        onHost(lab, "host-1", "sh", "-c", "tailscale status --json 2>&1 | grep 'BackendState\\|not found'");
      const expected = onDestroy === "remove" ? "NeedsLogin" : "not found";
      await eventually(async () => expect(await state()).toContain(expected), { timeout: 20_000 });
    },
  );
});
