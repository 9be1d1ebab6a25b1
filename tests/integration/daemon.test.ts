/** What tailscaled is started with, declared: set before the login, read back, and taken back. All else is in `daemon-ways.test.ts`. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { keyedStack } from "./support/keyed-stack";
import { connectionTo, freshHosts, mustLab } from "./support/lab";
import { roundTrips, type Stack } from "./support/stack";
import { tailscaledOn } from "./support/tailscaled";

let lab: Lab;
let stack: Stack;

const { commandLine, environment, files } = tailscaledOn(() => lab, "host-1");
const declare = (daemon: object | undefined) =>
  stack.configure({ hosts: { web: { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], daemon } } });
const DAEMON = { port: 41777, flags: { verbose: 1 }, env: { TS_DEBUG_MTU: 1300 } };

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

it("is set before a new host logs in, and costs one connection and one exec from then on", async () => {
  const run = await declare(DAEMON).mustUp();
  expect(roundTrips(run, "web").execs.slice(0, 4)).toEqual(["probe", "install", "daemon", "login"]);
  expect(await commandLine()).toMatch(/--port=41777 --verbose=1 ?$/);
  expect(await environment()).toContain("TS_DEBUG_MTU=1300");
  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
  expect(roundTrips(refreshed, "web")).toEqual({ connections: 1, execs: ["probe"] });
});

it("is the former one again where tailscaled does not start with it, and the error says why", async () => {
  const run = await declare({ ...DAEMON, flags: { "socks5-server": "nonsense" } }).up();
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("runs with the former settings again");
  expect(run.output).toMatch(/it printed: SOCKS5 listener: .*missing port in address/);
  expect(await commandLine()).toMatch(/--port=41777 --verbose=1 ?$/);
});

it("is taken back when it is declared no more", async () => {
  const run = await declare(undefined).mustUp();
  expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "daemon"] });
  expect(await commandLine()).toContain("--port=41641");
  expect(await environment()).not.toContain("TS_DEBUG_MTU");
  expect(await files()).toBe("");
});
