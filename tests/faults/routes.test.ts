/** Settings that send a host's answers another way than they are expected: whoever connects beside the mesh is cut off. */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { Lab } from "../../lab";
import { joinGate } from "../integration/support/gate";
import { connectionTo, mustLab, onHost } from "../integration/support/lab";
import type { Stack } from "../integration/support/stack";
import { eventually } from "../support/eventually";
import { powerOff, powerOn } from "./support/machine";
import { CuttingProxy } from "./support/proxy";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge } from "./support/world";

const group = "Lock-outs";

/** Sets the flags of web-1. */
const declareOn = (lab: Lab, stack: Stack, flags: object, connection: object = {}) =>
  stack.configure({
    hosts: { "web-1": { connection: { ...connectionTo(lab, "host-1"), ...connection }, flags } },
  });
const prefs = async (lab: Lab) =>
  JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as Record<string, unknown>;

const SETTINGS = [
  ["web-1 is joined already", "exit-node", "gate"],
  ["web-1 is joined already", "accept-routes", true],
  ["in its first join", "exit-node", "gate"],
  ["in its first join", "accept-routes", true],
] as const;

fault(
  {
    group,
    name: "`exit-node` or `accept-routes` that lead the host's answers through another node",
    outcome:
      "`would lock out: ...` after 45 s: the host restores its settings by itself; without the setting `pulumi up` converges",
    tries: SETTINGS.length,
  },
  async (index) => {
    const [when, flag, value] = SETTINGS[index]!;
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await lab.resetHost("host-2");
    await using gate = await joinGate(lab, "host-2");
    if (when !== "in its first join") await declareOn(lab, stack, {}).mustUp();
    expect(errorOf(await declareOn(lab, stack, { [flag]: value }).up())).toMatch(/web-1: would lock out: /);
    expect(await prefs(lab)).toMatchObject({ ExitNodeID: "", RouteAll: false });
    declareOn(lab, stack, {});
    await gate.destroy();
    await mustConverge(lab, stack);
    return `${flag}, ${when}`;
  },
);

fault(
  {
    group,
    name: "SSH cut while a guarded change waits for another run, and there again before the change",
    outcome:
      "the new connection waits with it and proves nothing: a change that cuts the host off is `would lock out: ...`, and undone; any other is kept by the same run",
    tries: 2,
    tryTimeoutMs: 300_000,
  },
  async (index) => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await lab.resetHost("host-2");
    await using gate = await joinGate(lab, "host-2");
    await declareOn(lab, stack, {}).mustUp();
    // Another run holds the lock until it is told to go on.
    const held = "umask 077; mkdir -p /run/pulumi-mesh; exec flock /run/pulumi-mesh/lock sh -c '$1' sh";
    const wait = ": >/run/held; while [ ! -e /run/go ]; do sleep 0.2; done";
    const holding = onHost(lab, "host-1", "sh", "-c", held.replace("$1", wait));
    await eventually(async () => expect(await onHost(lab, "host-1", "ls", "/run/held")).toBe("/run/held"), {
      timeout: 10_000,
    });

    const cut = { exec: 2, moment: "work", workMs: 2_000 } as const;
    await using proxy = await CuttingProxy.open(lab.host("host-1").address, cut);
    const byProxy = { host: "127.0.0.1", port: proxy.port };
    const cuts = index === 0;
    const running = declareOn(
      lab,
      stack,
      cuts
        ? { "exit-node": "gate" }
        : { "shields-up": true, "exit-node": "gate", "exit-node-allow-lan-access": true },
      byProxy,
    ).up();
    await eventually(() => expect(proxy.struck).toBe(true), { timeout: 30_000 });
    await delay(8_000); // for the next connection to be there
    expect(await prefs(lab)).toMatchObject({ ExitNodeID: "" });
    await onHost(lab, "host-1", "touch", "/run/go");
    await holding;

    const run = await running;
    if (cuts) {
      expect(errorOf(run)).toMatch(/web-1: would lock out: after tailscale set --exit-node=gate the host/);
      expect(await prefs(lab)).toMatchObject({ ExitNodeID: "" });
    } else {
      expect({ code: run.code, output: run.output }).toMatchObject({ code: 0 });
      expect(await prefs(lab)).toMatchObject({ ShieldsUp: true, ExitNodeAllowLANAccess: true });
    }
    await declareOn(lab, stack, { "exit-node": "", "shields-up": false }).mustUp();
    await gate.destroy();
    await mustConverge(lab, stack);
    return cuts ? "a change that cuts the host off" : "one that does not";
  },
);

fault(
  {
    group,
    name: "the host loses power between a change that cuts it off and its restoring, and boots again",
    outcome:
      "`would lock out: ...`: a host with systemd undoes the change at its boot; without the setting `pulumi up` converges",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await lab.resetHost("host-2");
    await using gate = await joinGate(lab, "host-2");
    await declareOn(lab, stack, {}).mustUp();
    const running = declareOn(lab, stack, { "exit-node": "gate" }).up();
    const exitNode = async () => (await prefs(lab).catch(() => ({ ExitNodeID: "?" })))["ExitNodeID"];
    await eventually(async () => expect(await exitNode()).toMatch(/^\d/), { timeout: 60_000 });
    await powerOff(lab, "host-1");
    await powerOn(lab, "host-1");
    await eventually(async () => expect(await exitNode()).toBe(""), { timeout: 60_000 });
    expect(errorOf(await running)).toMatch(/web-1: would lock out: .* the host was gone/);
    expect(
      await onHost(lab, "host-1", "sh", "-c", "ls /var/lib/pulumi-mesh /etc/systemd/system"),
    ).not.toMatch(/undo/);
    declareOn(lab, stack, {});
    await gate.destroy();
    await mustConverge(lab, stack);
  },
);

/** What somebody did on the host, and what the program then wants. */
const STARTS = [
  ["the node is down", "tailscale down && tailscale set --exit-node=$1", { "accept-dns": false }],
  [
    "tailscaled is stopped",
    "tailscale set --exit-node=$1; systemctl stop tailscaled",
    { "accept-dns": false },
  ],
  [
    "it runs, and the local network was reachable",
    "true",
    { "exit-node": "gate", "exit-node-allow-lan-access": false },
  ],
] as const;

fault(
  {
    group,
    name: "a node that uses an exit node is started, with tailscaled or by itself; `exit-node-allow-lan-access` is turned off",
    outcome:
      '`would lock out: ...`: the host takes the node down again, or restores the setting; with `exit-node: ""` `pulumi up` converges',
    tries: STARTS.length,
    tryTimeoutMs: 300_000,
  },
  async (index) => {
    const [when, damage, flags] = STARTS[index]!;
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await lab.resetHost("host-2");
    await using gate = await joinGate(lab, "host-2");
    const isUp = damage === "true";
    await declareOn(
      lab,
      stack,
      isUp ? { "exit-node": "gate", "exit-node-allow-lan-access": true } : {},
    ).mustUp();
    const address = await onHost(lab, "host-2", "tailscale", "ip", "-4");
    await onHost(lab, "host-1", "sh", "-c", damage, "sh", address);

    expect(errorOf(await declareOn(lab, stack, flags).up())).toMatch(/web-1: would lock out: /);
    expect(await prefs(lab)).toMatchObject(
      isUp ? { ExitNodeAllowLANAccess: true, WantRunning: true } : { WantRunning: false },
    );
    declareOn(lab, stack, { "exit-node": "" });
    await stack.mustUp();
    await gate.destroy();
    await mustConverge(lab, stack);
    return when;
  },
);
