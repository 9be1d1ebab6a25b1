/** What a node's key is like: one that never expires, and one of a node that goes by itself. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { eventually } from "../support/eventually";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;

const declare = (settings: object) =>
  stack.configure({
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], ...settings } },
  });

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
  stack = await Stack.create(lab, { env: { MESH_API: await lab.apiKey() } });
  stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API", auth_key_env: undefined }) });
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

it("a key that expires is told never to, by Headscale 0.29; an older one is an error, and the node stays", async () => {
  await declare({}).mustUp();
  const [node] = await listNodes(lab);
  const expiry = new Date(Date.now() + 9.5 * 24 * 3600 * 1000).toISOString().replace(/\.\d+/, "");
  await lab.headscale(["nodes", "expire", "--identifier", node!.id, "--expiry", expiry]);
  expect((await stack.refresh()).output).toMatch(/warning: web-1: the key of the node expires on/);

  const run = await declare({ keyExpiry: "disabled" }).up();
  expect((await listNodes(lab))[0]).toMatchObject({ id: node!.id, online: true });
  if (lab.headscaleRelease !== "0.29") {
    expect(run.output).toMatch(/Headscale 0\.2\d\.\d+ cannot have a node's key never expire/);
    return;
  }
  expect(run.code).toBe(0);
  expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(run.output).not.toMatch(/warning/);
  const refreshed = await stack.refresh();
  expect(refreshed.output).not.toMatch(/warning/);
  expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
  expect((await stack.mustUp()).trace).toEqual([]);

  await lab.headscale(["nodes", "expire", "--identifier", node!.id, "--expiry", expiry]);
  expect((await stack.refresh("--diff")).output).toContain("and keyExpiry is disabled");
  await stack.mustUp();
  expect((await stack.refresh("--diff")).output).not.toContain("and keyExpiry is disabled");
});

it("an ephemeral node goes when its client is gone, and comes back by `up --refresh`", async () => {
  await stack.destroy();
  await declare({ ephemeral: true }).mustUp();
  expect(await listNodes(lab)).toMatchObject([{ name: "web-1", tags: ["tag:app"] }]);
  // A client that ends in order says so; of one that is cut off Headscale waits for some time.
  await lab.exec("host-1", ["tailscale", "logout"]);
  await eventually(async () => expect(await listNodes(lab)).toEqual([]), {
    timeout: 60_000,
    interval: 1_000,
  });
  expect((await stack.up("--refresh")).code).toBe(0);
  expect(await listNodes(lab)).toMatchObject([{ name: "web-1", tags: ["tag:app"] }]);
});
