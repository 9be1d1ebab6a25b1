/** A node that routes: what is behind it answers the mesh, before and after a reboot, and no more once it is declared no more. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { powerOff, powerOnAsRouter } from "../faults/support/machine";
import { eventually } from "../support/eventually";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import type { Stack } from "./support/stack";
import { roundTrips } from "./support/stack";
import { keyedStack } from "./support/keyed-stack";

/**
 * What is behind the router, and what only an exit node leads to: the hosts of the lab have no route there. An exit node
 * leads to no private address.
 */
const LAN = "10.99.7.0/24";
const BEHIND = "10.99.7.2";
const OUTSIDE = "198.51.100.2";
const FILE = "/etc/sysctl.d/zz-pulumi-mesh.conf";
/** Approved by somebody else. */
const OTHER = "10.99.9.0/24";
const FLAGS = { "advertise-routes": [LAN], "advertise-exit-node": true };

let lab: Lab;
let stack: Stack;

const until = (holds: () => Promise<boolean>) =>
  eventually(async () => expect(await holds()).toBe(true), { timeout: 30_000 });
const sh = (host: string, script: string) => lab.exec(host, ["sh", "-c", script]);

/** The router's other network: host-3 is in it, with no other way out than the router. */
async function plugIn(): Promise<void> {
  await sh(
    "host-1",
    "ip address replace 10.99.7.1/24 dev eth0; ip route replace 198.51.100.0/24 via 10.99.7.2",
  );
  await sh("host-3", `ip address replace ${BEHIND}/24 dev eth0; ip address replace ${OUTSIDE}/32 dev lo`);
}

/** Takes the power away from the router and boots it, with a kernel that forwards nothing unless it is told to. */
async function reboot(): Promise<void> {
  await powerOff(lab, "host-1");
  await powerOnAsRouter(lab, "host-1");
  await until(async () => (await sh("host-1", "systemctl is-system-running --wait")).code === 0);
  await plugIn();
}

const answers = async (address: string) => (await sh("host-2", `ping -c 1 -W 1 ${address}`)).code === 0;
const forwards = () =>
  onHost(lab, "host-1", "cat", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding");

const router = async () => (await listNodes(lab)).find(({ name }) => name === "router")!;
const approved = async () => (await router()).approved;
const approveOnly = async (...routes: string[]) =>
  lab.headscale([
    "nodes",
    "approve-routes",
    "--identifier",
    (await router()).id,
    "--routes",
    routes.join(","),
  ]);

const declare = (flags?: object) =>
  stack.configure({
    hosts: {
      router: { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], flags },
      client: {
        connection: connectionTo(lab, "host-2"),
        tags: ["tag:app"],
        flags: { "accept-routes": true },
      },
    },
  });

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2", "host-3");
  await reboot();
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

describe("a router", () => {
  it("forwards, is approved, and answers for what is behind it, with one declaration", async () => {
    expect(await forwards()).toBe("0\n0");
    await declare({}).mustUp();
    await approveOnly(OTHER);
    expect(await answers(BEHIND)).toBe(false);
    const run = await declare(FLAGS).mustUp();
    expect(roundTrips(run, "router")).toEqual({ connections: 1, execs: ["probe", "forwarding", "change"] });
    expect(run.output).not.toMatch(/warning/i);
    expect(await forwards()).toBe("1\n1");
    expect(new Set(await approved())).toEqual(new Set(["0.0.0.0/0", "::/0", LAN, OTHER]));
    await until(() => answers(BEHIND));
    await sh("host-2", "tailscale set --exit-node=router --exit-node-allow-lan-access");
    await until(() => answers(OUTSIDE));
    await sh("host-2", "tailscale set --exit-node=");
    expect(await answers(OUTSIDE)).toBe(false);
  });

  it("costs one connection and one exec when all is as declared", async () => {
    expect((await stack.mustUp()).trace).toEqual([]);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toMatch(/Resources:\n {4}4 unchanged/);
    expect(roundTrips(refreshed, "router")).toEqual({ connections: 1, execs: ["probe"] });
  });

  it("forwards again after a reboot, by itself", async () => {
    await reboot();
    expect(await forwards()).toBe("1\n1");
    await until(() => answers(BEHIND));
    await sh("host-2", "tailscale set --exit-node=router --exit-node-allow-lan-access");
    await until(() => answers(OUTSIDE));
    await sh("host-2", "tailscale set --exit-node=");
  });

  it("that somebody took the approval and the forwarding from is drift, and mended", async () => {
    await approveOnly(OTHER);
    await sh("host-1", `rm ${FILE}; echo 0 >/proc/sys/net/ipv4/ip_forward`);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toContain("IPv4 forwarding is off");
    expect(refreshed.output).toMatch(/the routes 10\.99\.7\.0\/24, 0\.0\.0\.0\/0, ::\/0 wait for approval/);
    const run = await stack.mustUp();
    expect(roundTrips(run, "router")).toEqual({ connections: 1, execs: ["probe", "forwarding"] });
    expect(await forwards()).toBe("1\n1");
    expect(new Set(await approved())).toEqual(new Set(["0.0.0.0/0", "::/0", LAN, OTHER]));
    await until(() => answers(BEHIND));
  });

  it("withdraws what is declared no more: offer, approval and our file, and nothing of others", async () => {
    await declare(undefined).mustUp();
    expect(await approved()).toEqual([OTHER]);
    expect((await sh("host-1", `test -e ${FILE}`)).code).not.toBe(0);
    await until(async () => !(await answers(BEHIND)));
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("without an API says which routes wait, until the node has heard that they are approved", async () => {
    stack.configure({ network: headscaleNetwork(lab) });
    // Nor does Headscale tell it that an approval was taken back.
    await sh("host-1", "systemctl restart tailscaled");
    await until(async () =>
      (await sh("host-1", "tailscale status --json --peers=false")).stdout.includes('"Running"'),
    );
    const run = await declare({ "advertise-routes": [LAN] }).mustUp();
    expect(run.output).toContain("nobody has approved its routes 10.99.7.0/24");
    expect((await stack.refresh("--diff")).output).toContain("the routes 10.99.7.0/24 wait for approval");
    await approveOnly(LAN, OTHER);
    await sh("host-1", "systemctl restart tailscaled");
    await until(() => answers(BEHIND));
    expect((await stack.refresh("--diff")).output).not.toContain("wait for approval");
    expect((await stack.mustUp()).output).not.toContain("nobody has approved");
    stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API" }) });
    await declare(undefined).mustUp();
  });

  it("keeps the default route that another router announces", async () => {
    const script = `python3 - <<'END'
import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
s.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0), ("ff02::1", 0))
END`;
    const announce = () => sh("host-3", script);
    const defaultRoute = () => onHost(lab, "host-1", "ip", "-6", "route", "show", "default");
    await reboot(); // A kernel that forwards would not have listened.
    await until(async () => (await announce(), await defaultRoute()).includes("proto ra"));
    await declare({ "advertise-routes": [LAN] }).mustUp();
    expect(await defaultRoute()).toContain("proto ra");
    await reboot();
    await until(async () => (await announce(), await defaultRoute()).includes("proto ra"));
    expect(await forwards()).toBe("1\n1");
  });

  it("leaves no file behind when it is destroyed", async () => {
    expect((await stack.destroy()).code).toBe(0);
    expect((await sh("host-1", `test -e ${FILE}`)).code).not.toBe(0);
    expect(await listNodes(lab)).toEqual([]);
  });
});
