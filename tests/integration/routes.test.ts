/** Exit nodes: settings that send a host's own traffic, and so its answers, other ways than before. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { joinGate } from "./support/gate";
import { connectionTo, freshHosts, mustLab, onHost } from "./support/lab";
import type { Stack } from "./support/stack";
import { roundTrips } from "./support/stack";
import { keyedStack } from "./support/keyed-stack";

let lab: Lab;
let stack: Stack;
let gate: Stack;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  gate = await joinGate(lab, "host-2");
  stack = await keyedStack(lab);
});
afterAll(async () => {
  for (const each of [stack, gate]) {
    await each.destroy();
    await each[Symbol.asyncDispose]();
  }
});

const declare = (flags: object) =>
  stack.configure({
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], flags } },
  });
const prefs = async () =>
  JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as Record<string, unknown>;
const SOME = expect.stringMatching(/./);

describe("an exit node", () => {
  it("is named before the host knows any other node: it is set after the login", async () => {
    declare({ "exit-node": "gate", "exit-node-allow-lan-access": true, webclient: true });
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1").execs.slice(-4)).toEqual(["login", "change", "confirm", "mark"]);
    expect(await prefs()).toMatchObject({
      ExitNodeAllowLANAccess: true,
      ExitNodeID: SOME,
      RunWebClient: true,
    });
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("which was declared by its name is no difference to a refresh; one that somebody took away is", async () => {
    const refreshed = await stack.refresh();
    expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
    expect(roundTrips(refreshed, "web-1").execs).toEqual(["probe"]);
    await lab.exec("host-1", ["tailscale", "set", "--exit-node="]);
    expect((await stack.refresh("--diff")).output).toMatch(/- exit-node\s*: "gate"/);
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1")).toEqual({ connections: 2, execs: ["probe", "change", "confirm"] });
    expect(await prefs()).toMatchObject({ ExitNodeID: SOME });
  });
});
