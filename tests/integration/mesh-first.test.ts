/** A host that has joined, and whose port 22 is closed then: Pulumi runs in the network of host-2, which is in the mesh. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, inNetworkOf, listNodes, mustLab, onHost, withPolicy } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack, type Run } from "./support/stack";
import { eventually } from "../support/eventually";

let lab: Lab;
let stack: Stack;
/** Keeps host-2 joined. */
let operator: Stack;
/** The address of host-1 in the mesh. */
let address: string;
/** The run that joined host-1, or put right what the last test left. */
let joined: Run;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2", "host-3");
  const env = {
    MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
    MESH_API: await lab.apiKey(),
  };
  const network = headscaleNetwork(lab, { api_key_env: "MESH_API" });
  stack = (await Stack.create(lab, { env })).configure({ network });
  operator = (await Stack.create(lab, { env })).configure({ network });
  operator.configure({ hosts: { op: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] } } });
  await operator.mustUp();
});
afterAll(async () => {
  for (const each of [stack, operator]) {
    await each.destroy();
    await each[Symbol.asyncDispose]();
  }
});

const declare = (settings: object = {}) => {
  const connection = { ...connectionTo(lab, "host-1"), dialErrorLimit: 0, perDialTimeout: 3 };
  stack.configure({
    hosts: { "web-1": { connection, tags: ["tag:app"], reach: "mesh-first", ...settings } },
  });
};
const firewall = (how: "-I" | "-D") =>
  onHost(lab, "host-1", "iptables", how, ..."INPUT -i eth0 -p tcp --dport 22 -j DROP".split(" "));
/** The addresses in the mesh by which connections came about; undefined for one that went by the connection. */
const ways = ({ trace }: Run) => trace.filter(({ event }) => event === "connect").map(({ at }) => at);
const prefs = async () => JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as object;

beforeEach(async () => {
  stack.runner = inNetworkOf(lab, "host-2");
  declare();
  joined = await stack.mustUp();
  address = await onHost(lab, "host-1", "tailscale", "ip", "-4");
  await firewall("-I");
});
afterEach(async () => {
  await firewall("-D");
});

it("that is joined over a public address is refreshed, changed and destroyed with that closed", async () => {
  expect(ways(joined)).toEqual([undefined]);
  const refreshed = await stack.refresh();
  expect(refreshed.output).not.toMatch(/warning|host unreachable/);
  expect(roundTrips(refreshed, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(ways(refreshed)).toEqual([address]);

  // The guard sees that it came over the mesh: a change is proven by another connection.
  declare({ flags: { "accept-routes": true } });
  const changed = await stack.mustUp();
  expect(roundTrips(changed, "web-1")).toEqual({ connections: 2, execs: ["probe", "change", "confirm"] });
  expect(ways(changed)).toEqual([address, address]);
  expect(await prefs()).toMatchObject({ RouteAll: true });

  declare({ flags: { "accept-routes": true, "shields-up": true } });
  const { code, output } = await stack.up();
  expect(code).not.toBe(0);
  expect(output).toMatch(/web-1: would lock out: after tailscale set --shields-up=true the host could not/);
  expect(await prefs()).toMatchObject({ ShieldsUp: false });

  declare({ flags: { "accept-routes": true } });
  await stack.mustUp();
  const destroyed = await stack.destroy();
  expect(destroyed.code).toBe(0);
  expect(ways(destroyed)).toEqual([address]);
  expect(destroyed.output).toMatch(/web-1: it was told to log out over the mesh itself/);
  expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["op"]);
  const state = () => onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep BackendState");
  await eventually(async () => expect(await state()).toContain("NeedsLogin"), { timeout: 20_000 });
});

it("the system's own ssh goes that way, too, with what it knows by the host's name", async () => {
  const { user: _user, ...connection } = {
    ...connectionTo(lab, "host-1"),
    client: "openssh",
    perDialTimeout: 3,
  };
  declare({ connection });
  const changed = await stack.mustUp();
  expect(ways(changed)).toEqual([address]);
  expect(ways(await stack.refresh())).toEqual([address]);
});

describe("a host that does not answer", () => {
  it("in the mesh is reached by its connection, and a change is made as usual then", async () => {
    await firewall("-D");
    stack.runner = inNetworkOf(lab, "host-3");
    declare({ flags: { "shields-up": true } });
    const run = await stack.mustUp();
    expect(ways(run)).toEqual([undefined]);
    expect(roundTrips(run, "web-1").execs).toEqual(["probe", "change"]);
    declare({ flags: { "shields-up": false } });
    await stack.mustUp();
    await firewall("-I");
  });

  it("in either way is told with both, and with where this machine is", async () => {
    await onHost(lab, "host-1", "systemctl", "stop", "ssh");
    const { address: public1 } = lab.host("host-1");
    try {
      const inside = await stack.refresh();
      const own = await onHost(lab, "host-2", "tailscale", "ip", "-4");
      expect(inside.output).toContain(
        `web-1: host unreachable: reached neither way: ${address} in the mesh (connection refused); ${public1}, its connection (no answer within 3 s); this machine is in a tailnet, as ${own}. See whether`,
      );
      expect(inside.output).toContain("Its state is kept as it was.");

      stack.runner = inNetworkOf(lab, "host-3");
      const outside = await stack.refresh();
      expect(outside.output).toContain(
        `${address} in the mesh (no route to its network); ${public1}, its connection (no answer within 3 s); this machine has no address in a tailnet. Run this on a machine in the tailnet`,
      );
    } finally {
      await onHost(lab, "host-1", "systemctl", "start", "ssh");
    }
  });
});

it("another node that has the address by now is not acted on, and the connection is not dialled", async () => {
  const other = await onHost(lab, "host-2", "tailscale", "ip", "-4");
  await firewall("-D");
  await stack.rewriteState(({ outputs }) => {
    if (outputs?.["nodeId"] !== undefined) outputs["addresses"] = [other];
  });
  const { code, output, trace } = await stack.refresh();
  expect(code).not.toBe(0);
  expect(output).toContain(`web-1: host key mismatch: at ${other}, its address in the mesh: the key pinned`);
  expect(trace).toEqual([]);

  // As the error says.
  declare({ reach: "connection" });
  expect((await stack.mustUp()).trace).toEqual([]);
  expect((await stack.refresh()).code).toBe(0);
  declare();
  await stack.mustUp();
  expect(ways(await stack.refresh())).toEqual([address]);
  await firewall("-I");
});

it.each(["root", "admin"])(
  "Tailscale SSH is a way for %s, with sshd stopped: it shows the host's own key",
  async (user) => {
    const ssh = [{ action: "accept", src: ["tag:app"], dst: ["tag:app"], users: ["root", "admin"] }];
    const connection = connectionTo(lab, "host-1", user);
    await withPolicy(lab, { ssh }, async () => {
      declare({ connection, flags: { ssh: true } });
      await stack.mustUp();
      await onHost(lab, "host-1", "systemctl", "stop", "ssh");
      try {
        const refreshed = await stack.refresh();
        expect(refreshed.output).not.toContain("not reached by");
        expect(ways(refreshed)).toEqual([address]);
        // The guard sees this way, too, of which the host's commands are told nothing.
        declare({ connection, flags: { ssh: true, "report-posture": true } });
        const changed = await stack.mustUp();
        expect(roundTrips(changed, "web-1").execs).toEqual(["probe", "change", "confirm"]);
        expect(ways(changed)).toEqual([address, address]);
      } finally {
        await onHost(lab, "host-1", "systemctl", "start", "ssh");
      }
      declare({ connection, flags: { ssh: false, "report-posture": false } });
      await stack.mustUp();
    });
  },
);

it.each<[string, object]>([
  // A policy without any rule would not do: of that Headscale tells nodes nothing, and they keep the rules that they had.
  ["accepts another user alone", { action: "accept", users: ["ops"] }],
  ["wants a browser", { action: "check", users: ["root"] }],
])("where Tailscale SSH %s the host is reached by its connection", async (_what, rule) => {
  const ssh = [{ ...rule, src: ["tag:app"], dst: ["tag:app"] }];
  await firewall("-D");
  await withPolicy(lab, { ssh }, async () => {
    declare({ flags: { ssh: true } });
    await stack.mustUp();
    expect(ways(await stack.refresh())).toEqual([undefined]);
    declare({ flags: { ssh: false } });
    await stack.mustUp();
  });
  await firewall("-I");
});
