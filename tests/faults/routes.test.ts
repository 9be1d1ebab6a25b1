/** Settings that send a host's answers another way than they are expected: whoever connects beside the mesh is cut off. */
import { expect } from "@jest/globals";
import { joinGate } from "../integration/support/gate";
import { connectionTo, mustLab, onHost } from "../integration/support/lab";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge } from "./support/world";

const SETTINGS = [
  ["web-1 is joined already", "exit-node", "gate"],
  ["web-1 is joined already", "accept-routes", true],
  ["in its first join", "exit-node", "gate"],
  ["in its first join", "accept-routes", true],
] as const;

fault(
  {
    group: "Lock-outs",
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
    const declare = (flags: object) =>
      stack.configure({ hosts: { "web-1": { connection: connectionTo(lab, "host-1"), flags } } });
    if (when !== "in its first join") await declare({}).mustUp();
    expect(errorOf(await declare({ [flag]: value }).up())).toMatch(/web-1: would lock out: /);
    const prefs = JSON.parse(await onHost(lab, "host-1", "tailscale", "debug", "prefs")) as object;
    expect(prefs).toMatchObject({ ExitNodeID: "", RouteAll: false });
    declare({});
    await gate.destroy();
    await mustConverge(lab, stack);
    return `${flag}, ${when}`;
  },
);
