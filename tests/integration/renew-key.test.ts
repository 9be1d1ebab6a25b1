/** A node's key that expires soon: renewed in its place, by the control server's API or by a login, and the node stays. */
import { afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { eventually } from "../support/eventually";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork, tailscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;

beforeAll(async () => {
  lab = await mustLab();
});
beforeEach(async () => {
  await freshHosts(lab, "host-1", "host-2");
  stack = await Stack.create(lab, { env: { MESH_API: await lab.apiKey() } });
});
afterEach(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().replace(/\.\d+/, "");

const declare = (settings: object, connection: object = connectionTo(lab, "host-1")) =>
  stack.configure({ hosts: { "web-1": { connection, ...settings } } });

/** Has the key of the node of host-1 expire in that many days, and waits until the node has heard of it. */
const expireIn = async (days: number) => {
  const { ID } = await selfOf("host-1");
  const expiry = inDays(days);
  await lab.headscale(["nodes", "expire", "--identifier", ID, "--expiry", expiry]);
  await eventually(async () => expect((await selfOf("host-1")).KeyExpiry).toBe(expiry), { timeout: 20_000 });
};

/** The node hears a moment later what Headscale has made of its key. */
const isExtended = () =>
  eventually(
    async () => {
      const { KeyExpiry: expiry = "" } = await selfOf("host-1");
      expect(Date.parse(expiry) - Date.now()).toBeGreaterThan(179 * DAY_MS);
    },
    { timeout: 20_000 },
  );

interface Self {
  readonly ID: string;
  readonly PublicKey: string;
  readonly DNSName: string;
  readonly TailscaleIPs: readonly string[];
  readonly KeyExpiry?: string;
}

async function selfOf(host: string): Promise<Self> {
  const status = await onHost(lab, host, "tailscale", "status", "--json", "--peers=false");
  return (JSON.parse(status) as { readonly Self: Self }).Self;
}

const sameNode = ({ ID, DNSName, TailscaleIPs }: Self) => ({ ID, DNSName, TailscaleIPs });

it("is extended through Headscale's API: the same key, nothing is interrupted, and the clock alone is reason enough", async () => {
  stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API", auth_key_env: undefined }) });
  await declare({}).mustUp();
  const before = await selfOf("host-1");
  await expireIn(9.5);
  const run = await declare({ renewKey: "14d" }).mustUp();
  expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(run.output).not.toMatch(/warning/);
  const after = await selfOf("host-1");
  expect(after).toMatchObject({ ...sameNode(before), PublicKey: before.PublicKey });
  await isExtended();
  expect((await stack.refresh("--diff")).output).toMatch(/Resources:\n {4}3 unchanged/);
  expect((await stack.mustUp()).trace).toEqual([]);

  await expireIn(9.5);
  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toContain("within the time of renewKey (14d)");
  expect(refreshed.output).not.toMatch(/warning/);
  await stack.mustUp();

  await expireIn(15);
  expect((await stack.refresh("--diff")).output).not.toContain("within the time of renewKey");
  await stack.rewriteState(({ outputs = {} }) => {
    if ("keyExpiry" in outputs) outputs["keyExpiry"] = inDays(13); // as if two days had passed
  });
  await expireIn(13);
  expect((await stack.preview()).output).toContain("expires within the time of renewKey");
  expect(roundTrips(await stack.mustUp(), "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  await isExtended();
});

it("is renewed by a login where nothing else does it: the same node with a fresh key and all its settings", async () => {
  stack.configure({ network: tailscaleNetwork(lab) });
  stack.env["MESH_AUTHKEY"] = await lab.authKey({ reusable: true });
  const flags = { nickname: "mine", "accept-routes": true, "advertise-routes": ["10.77.0.0/24"] };
  await declare({ flags }).mustUp();
  await onHost(lab, "host-1", "tailscale", "set", "--webclient", "--shields-up"); // somebody else
  const before = await selfOf("host-1");
  await expireIn(9.5);

  const run = await declare({ flags, renewKey: "14d" }).mustUp();
  expect(roundTrips(run, "web-1").execs.slice(0, 2)).toEqual(["probe", "renew-key"]);
  const after = await selfOf("host-1");
  expect(sameNode(after)).toEqual(sameNode(before));
  expect(after.PublicKey).not.toBe(before.PublicKey);
  expect(after.KeyExpiry).toBeUndefined(); // as this Headscale has it for such a login
  expect(await listNodes(lab)).toMatchObject([{ id: before.ID, name: "web-1", online: true }]);
  expect(JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs"))).toMatchObject({
    ProfileName: "mine",
    RouteAll: true,
    AdvertiseRoutes: ["10.77.0.0/24"],
    RunWebClient: true,
    ShieldsUp: true,
  });
  expect((await stack.mustUp()).trace).toEqual([]);
});

it("that cannot be renewed leaves the node in the mesh, and is a warning until when it is good", async () => {
  stack.configure({ network: tailscaleNetwork(lab) });
  stack.env["MESH_AUTHKEY"] = await lab.authKey();
  await declare({}).mustUp();
  const before = await selfOf("host-1");
  await expireIn(9.5);
  const { KeyExpiry: expiry } = await selfOf("host-1");

  const run = await declare({ renewKey: "14d" }).mustUp(); // the key was used
  expect(run.output).toContain(`could not be renewed, and is good until ${expiry}`);
  expect(run.output).toMatch(/was used already/);
  expect(await selfOf("host-1")).toEqual(expect.objectContaining({ ...sameNode(before), KeyExpiry: expiry }));
  expect((await selfOf("host-1")).PublicKey).toBe(before.PublicKey);
  expect(await listNodes(lab)).toMatchObject([{ id: before.ID, online: true }]);

  stack.env["MESH_AUTHKEY"] = "";
  const keyless = await stack.mustUp();
  expect(keyless.output).toMatch(/could not be renewed.*MESH_AUTHKEY is empty or not set/);
  expect(roundTrips(keyless, "web-1").execs).toEqual(["probe"]);

  stack.env["MESH_AUTHKEY"] = await lab.authKey();
  await stack.mustUp();
  expect((await selfOf("host-1")).PublicKey).not.toBe(before.PublicKey);
});

it("is renewed over the mesh itself, under the guard", async () => {
  const operator = await Stack.create(lab, { env: { MESH_AUTHKEY: await lab.authKey() } });
  operator.configure({
    network: tailscaleNetwork(lab),
    hosts: { op: { connection: connectionTo(lab, "host-2") } },
  });
  await operator.mustUp();
  stack.configure({ network: tailscaleNetwork(lab) });
  stack.env["MESH_AUTHKEY"] = await lab.authKey({ reusable: true });
  await declare({}).mustUp();
  const before = await selfOf("host-1");
  await expireIn(9.5);

  const { privateKeyPath } = connectionTo(lab, "host-1");
  const overMesh = {
    ...{ host: before.TailscaleIPs[0], user: "root", privateKeyPath },
    proxy: connectionTo(lab, "host-2"),
  };
  const run = await declare({ renewKey: "14d" }, overMesh).mustUp();
  expect(roundTrips(run, "web-1").execs).toContain("confirm");
  const after = await selfOf("host-1");
  expect(sameNode(after)).toEqual(sameNode(before));
  expect(after.PublicKey).not.toBe(before.PublicKey);
  await operator.destroy();
  await operator[Symbol.asyncDispose]();
});
