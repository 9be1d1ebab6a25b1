/** Exit nodes and subnet routes: settings that send a host's own traffic, and so its answers, other ways than before. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;
/** Keeps host-2 joined, as exit node and as router to where the operator is. */
let gate: Stack;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  const env = {
    MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
    MESH_API: await lab.apiKey(),
  };
  const network = headscaleNetwork(lab, { api_key_env: "MESH_API" });
  stack = (await Stack.create(lab, { env })).configure({ network });
  gate = (await Stack.create(lab, { env })).configure({ network });
  const operator = (await onHost(lab, "host-1", "cat", "/etc/hosts")).match(/^(\S+) headscale\./m)![1]!;
  const flags = { "advertise-exit-node": true, "advertise-routes": [`${operator}/32`] };
  gate.configure({ hosts: { gate: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"], flags } } });
  await gate.mustUp();
  const [node] = await listNodes(lab);
  const routes = `0.0.0.0/0,::/0,${operator}/32`;
  await lab.headscale(["nodes", "approve-routes", "--identifier", node!.id, "--routes", routes]);
});
afterAll(async () => {
  for (const each of [stack, gate]) {
    await each.destroy();
    await each[Symbol.asyncDispose]();
  }
});

const declare = (flags: object, settings: object = {}) =>
  stack.configure({
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], flags, ...settings } },
  });
const prefs = async () =>
  JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as Record<string, unknown>;
const NONE = { "exit-node": "", "exit-node-allow-lan-access": false, "accept-routes": false };

describe("on a host that is joined", () => {
  beforeEach(async () => {
    declare(NONE);
    await stack.mustUp();
  });

  it("an exit node that leaves the host reachable is kept, and by its name no refresh finds a difference", async () => {
    const wanted = { "exit-node": "gate", "exit-node-allow-lan-access": true };
    declare(wanted);
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1")).toEqual({ connections: 2, execs: ["probe", "change", "confirm"] });
    expect(await prefs()).toMatchObject({
      ExitNodeAllowLANAccess: true,
      ExitNodeID: expect.stringMatching(/./) as string,
    });

    const refreshed = await stack.refresh();
    expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
    expect(roundTrips(refreshed, "web-1").execs).toEqual(["probe"]);
    expect((await stack.mustUp()).trace).toEqual([]);

    await lab.exec("host-1", ["tailscale", "set", "--exit-node="]);
    expect((await stack.refresh("--diff")).output).toMatch(/exit-node\s*: "gate" => ""/);
    await stack.mustUp();
    expect(await prefs()).toMatchObject({ ExitNodeID: expect.stringMatching(/./) as string });
  });

  it.each([
    [{ "exit-node": "gate" }, "--exit-node=gate", { ExitNodeID: "" }],
    [{ "accept-routes": true }, "--accept-routes=true", { RouteAll: false }],
  ])(
    "%j, which cuts off who connects beside the mesh, is taken back by the host itself",
    async (flags, set, left) => {
      declare({ ...NONE, ...flags });
      const { code, output } = await stack.up();
      expect(code).not.toBe(0);
      expect(output).toContain(
        `web-1: would lock out: after tailscale set ${set} the host could not be reached`,
      );
      expect(output).toContain("has restored its former settings");
      expect(output).toContain("exit-node-allow-lan-access");
      expect(await prefs()).toMatchObject(left);
    },
  );
});

describe("on a host that is new", () => {
  beforeEach(async () => {
    expect((await stack.destroy()).code).toBe(0);
  });

  it("an exit node is named before the host knows any: it is set after the login", async () => {
    declare({ "exit-node": "gate", "exit-node-allow-lan-access": true, webclient: true });
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1").execs.slice(-3)).toEqual(["login", "change", "confirm"]);
    expect(await prefs()).toMatchObject({
      ExitNodeAllowLANAccess: true,
      ExitNodeID: expect.stringMatching(/./) as string,
      RunWebClient: true,
    });
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("routes that cut off who joins it are taken back by the host, and the next up goes on", async () => {
    declare({ "accept-routes": true });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: would lock out: .*--accept-routes=true the host could not be reached/);
    expect(await prefs()).toMatchObject({ RouteAll: false });
    declare({});
    await stack.mustUp();
  });
});
