/** UDP GRO forwarding of a router: on at once and after a boot, read back, and gone with the routes. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { powerOff, powerOn } from "../faults/support/machine";
import { eventually } from "../support/eventually";
import { keyedStack } from "./support/keyed-stack";
import { connectionTo, freshHosts, mustLab, onHost } from "./support/lab";
import { roundTrips, type Stack } from "./support/stack";

const HOST = "host-1";
const DEVICE = "eth0";
const FLAGS = { "advertise-routes": ["10.99.7.0/24"] };
const CLEAN = { connections: 1, execs: ["probe"] };

let lab: Lab;
let stack: Stack;

const declare = (settings: object) =>
  stack.configure({
    hosts: { router: { connection: connectionTo(lab, HOST), tags: ["tag:app"], ...settings } },
  });
const sh = (script: string) => onHost(lab, HOST, "sh", "-c", script);
const forwarding = () => sh(`ethtool -k ${DEVICE} | sed -n 's/^rx-udp-gro-forwarding: //p'`);
const files = () => sh("find /etc /var/lib -name '*udp-gro*'");

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, HOST);
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

it("without ethtool is a warning that names the package, and the run is green", async () => {
  await sh("mv /usr/sbin/ethtool /root/ethtool");
  const run = await declare({ flags: FLAGS, udpGro: true }).mustUp();
  expect(run.output).toContain(
    "the host has no ethtool. Install the package ethtool there (`apt-get install ethtool`)",
  );
  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
  expect(roundTrips(refreshed, "router")).toEqual(CLEAN);
  await sh("mv /root/ethtool /usr/sbin/ethtool");
});

it("is off once there is one, which a refresh shows and the next run mends; then it costs nothing more", async () => {
  expect(await forwarding()).toBe("off");
  expect((await stack.refresh("--diff")).output).toContain(`UDP GRO forwarding is off on ${DEVICE}`);
  const run = await stack.mustUp();
  expect(roundTrips(run, "router")).toEqual({ connections: 1, execs: ["probe", "udp-gro"] });
  expect(run.output).not.toMatch(/warning/i);
  expect(await forwarding()).toBe("on");
  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
  expect(roundTrips(refreshed, "router")).toEqual(CLEAN);
});

it("is on after a boot, by itself", async () => {
  await powerOff(lab, HOST);
  await powerOn(lab, HOST);
  await eventually(async () => expect(await forwarding()).toBe("on"), { timeout: 30_000 });
  expect((await stack.refresh("--diff")).output).toMatch(/Resources:\n {4}3 unchanged/);
});

it("goes when it is declared no more, and the device has what it had", async () => {
  const run = await declare({ flags: FLAGS }).mustUp();
  expect(roundTrips(run, "router")).toEqual({ connections: 1, execs: ["probe", "udp-gro"] });
  expect(await forwarding()).toBe("off");
  expect(await files()).toBe("");
});

it("is switched on at once where ethtool is there, and gone with the host's leaving", async () => {
  await declare({ flags: FLAGS, udpGro: true }).mustUp();
  expect(await forwarding()).toBe("on");
  expect((await stack.destroy()).code).toBe(0);
  expect(await forwarding()).toBe("off");
  expect(await files()).toBe("");
});
