/** Two routers with one route: one serves, the other stands by and is right as it is, whichever of them it is. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { findNetwork } from "../../lab/network/network";
import { powerOff, powerOnAsRouter } from "../faults/support/machine";
import { eventually } from "../support/eventually";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { keyedStack } from "./support/keyed-stack";
import { headscaleNetwork } from "./support/network";
import { roundTrips, spawnAndRead, type Run, type Stack } from "./support/stack";

const LAN = "10.99.8.0/24";
/** This machine, which is in the routers' other network, and answers with the address of whoever passed a question on. */
const BEHIND = "10.99.8.1";
const ROUTERS = { "gate-1": "10.99.8.11", "gate-2": "10.99.8.12" } as const;
type Router = keyof typeof ROUTERS;
const HOSTS: Readonly<Record<Router, string>> = { "gate-1": "host-1", "gate-2": "host-2" };
const names = Object.keys(ROUTERS) as Router[];
const otherThan = (router: Router): Router => (router === "gate-1" ? "gate-2" : "gate-1");
const OFFER = { "advertise-routes": [LAN] };

let lab: Lab;
let stack: Stack;
let behind: Server;

const sh = (host: string, script: string) => lab.exec(host, ["sh", "-c", script]);

async function onBridge(what: "replace" | "del"): Promise<void> {
  const { bridge } = (await findNetwork(lab.name))!;
  const args = ["address", what, `${BEHIND}/24`, "dev", bridge];
  const { code, output } = await spawnAndRead("ip", args, { cwd: "/", env: process.env });
  if (code !== 0 && what === "replace") throw new Error(output);
}

async function plugIn(router: Router): Promise<void> {
  await powerOff(lab, HOSTS[router]);
  await powerOnAsRouter(lab, HOSTS[router]);
  await eventually(
    async () => expect((await sh(HOSTS[router], "systemctl is-system-running --wait")).code).toBe(0),
    { timeout: 30_000 },
  );
  await sh(HOSTS[router], `ip address replace ${ROUTERS[router]}/24 dev eth0`);
}

/** Which router the client's packets take; undefined while they take none. */
async function serving(): Promise<Router | undefined> {
  const { port } = behind.address() as AddressInfo;
  const { stdout } = await sh("host-3", `curl -s --max-time 2 http://${BEHIND}:${port}/`);
  return names.find((name) => ROUTERS[name] === stdout.trim());
}
/** Headscale takes some seconds to miss a node. */
const untilServing = (router: Router) =>
  eventually(async () => expect(await serving()).toBe(router), { timeout: 60_000 });

const listed = async (router: Router) => (await listNodes(lab)).find(({ name }) => name === router);
const approved = async (router: Router) => (await listed(router))?.approved;

const declare = (routers: Readonly<Partial<Record<Router, object | undefined>>>) => {
  const gates = Object.entries(routers).map(([name, flags]) => [
    name,
    { connection: connectionTo(lab, HOSTS[name as Router]), tags: ["tag:app"], flags },
  ]);
  const client = { connection: connectionTo(lab, "host-3"), flags: { "accept-routes": true } };
  const hosts = { ...Object.fromEntries(gates), client: { ...client, tags: ["tag:app"] } } as object;
  return stack.configure({ hosts });
};

async function tailscaled(router: Router, what: "stop" | "start"): Promise<void> {
  await sh(HOSTS[router], `systemctl ${what} tailscaled`);
  await eventually(async () => expect((await listed(router))?.online).toBe(what === "start"), {
    timeout: 60_000,
    interval: 500,
  });
}

/** What a refresh found of a host, as the state says. */
async function driftOf(host: string): Promise<unknown> {
  const { resources } = (await stack.state()).deployment;
  return resources.find(({ urn }) => urn.endsWith(`::mesh-${host}`))!.outputs!["drift"];
}

function expectConverged(run: Run): void {
  expect(run.output).toMatch(/Resources:\n {4}5 unchanged/);
  expect(run.output).not.toMatch(/warning/i);
  for (const name of names) expect(roundTrips(run, name)).toEqual({ connections: 1, execs: ["probe"] });
}

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2", "host-3");
  await onBridge("replace");
  behind = createServer((request, response) => response.end(request.socket.remoteAddress));
  await new Promise<void>((resolve) => behind.listen(0, BEHIND, resolve));
  await Promise.all(names.map(plugIn));
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
  behind.close();
  await onBridge("del");
});

describe("two routers with one route", () => {
  let primary: Router;

  it("are both as declared, though one of them serves", async () => {
    const run = await declare({ "gate-1": OFFER, "gate-2": OFFER }).mustUp();
    expect(run.output).not.toMatch(/warning/i);
    await eventually(async () => expect(await serving()).toBeDefined(), { timeout: 30_000 });
    primary = (await serving())!;
    expect(await Promise.all(names.map(approved))).toEqual([[LAN], [LAN]]);
    expectConverged(await stack.refresh("--diff"));
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("are so for the nodes themselves, too, where there is no API to ask", async () => {
    // Headscale tells a node of its approval when it connects again, and misses it for less than a failover takes.
    await sh(HOSTS[primary], "systemctl restart tailscaled");
    await untilServing(primary);
    stack.configure({ network: headscaleNetwork(lab) });
    expect((await stack.mustUp()).output).not.toMatch(/warning/i);
    expectConverged(await stack.refresh("--diff"));
    stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API" }) });
    await stack.mustUp();
  });

  it("take over from each other, and the one that does is as declared", async () => {
    await tailscaled(primary, "stop");
    await untilServing(otherThan(primary));
    const run = await stack.refresh("--diff");
    expect(roundTrips(run, otherThan(primary))).toEqual({ connections: 1, execs: ["probe"] });
    expect(await driftOf(otherThan(primary))).toBeUndefined();
    expect(await driftOf(primary)).toBeDefined();
    await tailscaled(primary, "start");
    await stack.refresh();
    expectConverged(await stack.refresh("--diff"));
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("are told apart when one withdraws: the other keeps its approval, and serves", async () => {
    await eventually(async () => expect(await serving()).toBeDefined(), { timeout: 30_000 });
    const leaving = (await serving())!;
    const staying = otherThan(leaving);
    await declare({ "gate-1": OFFER, "gate-2": OFFER, [leaving]: undefined }).mustUp();
    expect(await approved(leaving)).toEqual([]);
    expect(await approved(staying)).toEqual([LAN]);
    await untilServing(staying);
    expectConverged(await stack.refresh("--diff"));
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("are told apart when the one that serves is declared no more: the other serves", async () => {
    const leaving = (await serving())!;
    await declare({ "gate-1": OFFER, "gate-2": OFFER }).mustUp();
    await declare({ [otherThan(leaving)]: OFFER }).mustUp();
    expect(await listed(leaving)).toBeUndefined();
    await untilServing(otherThan(leaving));
  });
});
