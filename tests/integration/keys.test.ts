/** Auth keys: used, expired, wrong, missing; and a run that failed for one host goes on with a fresh key. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";
import { eventually } from "../support/eventually";

let lab: Lab;
let stack: Stack;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
});
beforeEach(async () => {
  stack = await Stack.create(lab);
  stack.configure({
    network: headscaleNetwork(lab, { default_tags: ["tag:app"] }),
    hosts: { "web-1": { connection: connectionTo(lab, "host-1") } },
  });
});
afterEach(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

describe("a key that does not work", () => {
  it.each([
    [
      "is missing",
      () => Promise.resolve(""),
      /web-1: key missing: .*MESH_AUTHKEY is empty or not set.*export MESH_AUTHKEY=/,
    ],
    ["is no key", () => Promise.resolve("nonsense"), /web-1: key invalid: .*does not accept the auth key/],
    ["is unknown", async () => `${(await lab.authKey()).slice(0, -4)}AAAA`, /web-1: key invalid: /],
    ["has expired", () => expiredKey(), /web-1: key expired: .*Create a fresh auth key/],
  ])("because it %s is an error with its remedy", async (_why, key, message) => {
    stack.env["MESH_AUTHKEY"] = await key();
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(message);
    expect(await listNodes(lab)).toEqual([]);
  });

  async function expiredKey(): Promise<string> {
    const key = await lab.authKey({ tags: ["app"], expires: "1s" });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return key;
  }
});

it("a one-time key for two hosts joins one; the next up with a fresh key resumes the other only", async () => {
  stack.configure({
    hosts: {
      "web-1": { connection: connectionTo(lab, "host-1") },
      "web-2": { connection: connectionTo(lab, "host-2") },
    },
  });
  stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"] });
  const first = await stack.up();
  expect(first.code).not.toBe(0);
  expect(first.output).toMatch(
    /key used: the control server says that the auth key was used already.*Put a fresh preauth key/,
  );
  const joined = (await listNodes(lab)).map(({ name }) => name);
  expect(joined).toHaveLength(1);
  const missing = joined[0] === "web-1" ? "web-2" : "web-1";

  stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"] });
  const second = await stack.mustUp();
  expect(roundTrips(second, joined[0]!)).toEqual({ connections: 0, execs: [] });
  expect(roundTrips(second, missing)).toEqual({ connections: 1, execs: ["probe", "login", "mark"] });
  expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1", "web-2"]);

  const third = await stack.mustUp();
  expect(third.trace).toEqual([]);
  for (const { id } of await listNodes(lab))
    await lab.headscale(["nodes", "delete", "--identifier", id, "--force"]);
});

it("a node whose own key has expired is kept by a refresh, with drift, and logs in again with the settings that it had", async () => {
  await freshHosts(lab, "host-1");
  const flags = { nickname: "mine", "exit-node-allow-lan-access": true, operator: "admin" };
  stack.configure({
    network: headscaleNetwork(lab),
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), flags } },
  });
  stack.env["MESH_AUTHKEY"] = await lab.authKey({ reusable: true });
  await stack.mustUp();
  await lab.exec("host-1", ["tailscale", "set", "--webclient", "--snat-subnet-routes=false"]); // somebody else
  const [node] = await listNodes(lab);
  await lab.headscale(["nodes", "expire", "--identifier", node!.id]);
  const status = () => onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep BackendState");
  await eventually(async () => expect(await status()).toContain("NeedsLogin"), { timeout: 20_000 });

  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toMatch(/the node's key has expired|the client is in the state NeedsLogin/);
  expect(refreshed.output).not.toMatch(/1 deleted/);
  const run = await stack.mustUp();
  expect(roundTrips(run, "web-1").execs.slice(0, 2)).toEqual(["probe", "login"]);
  expect((await listNodes(lab)).map(({ id, name }) => `${id} ${name}`)).toEqual([`${node!.id} web-1`]);
  expect(JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs"))).toMatchObject({
    ProfileName: "mine",
    ExitNodeAllowLANAccess: true,
    OperatorUser: "admin",
    RunWebClient: true,
    NoSNAT: true,
  });
  expect((await stack.up()).trace).toEqual([]);
});
