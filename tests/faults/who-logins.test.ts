/** Logins that fail and go on, logouts that are final, and the ways back. */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import {
  clearTailnet,
  connectionTo,
  freshHosts,
  listNodes,
  mustLab,
  onHost,
} from "../integration/support/lab";
import { CuttingProxy } from "./support/proxy";
import { fault } from "./support/record";
import {
  declare,
  GROUP as group,
  installClient,
  isNode,
  joined,
  mustBeNodes,
  mustFail,
  mustRest,
  whoStack,
} from "./support/who";

fault(
  {
    group,
    name: "a login fails, since the control server is away, and it comes back later",
    outcome: "the login was ended on the host: it does not join by itself behind everybody's back",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await installClient(lab, "host-1");
    await using stack = await whoStack(lab, { api_key_env: undefined });
    declare(lab, stack, { "web-1": "host-1" });
    await lab.control.stop();
    const run = await stack.up();
    await lab.control.start();
    mustFail(run, /web-1: control server: /);
    await delay(15_000);
    expect(await listNodes(lab)).toEqual([]);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await stack.destroy();
  },
);

fault(
  {
    group,
    name: "up, destroy, up of a tagged node, with an API key",
    outcome: "joins again, the second time as the first",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    expect((await stack.destroy()).code).toBe(0);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    await stack.destroy();
  },
);

fault(
  {
    group,
    name: "the same without an API key, then with one",
    outcome:
      "`logged out` within seconds, with what to delete; with the API key `pulumi up` finds the old node and converges",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" }, { api_key_env: undefined });
    const left = await stack.destroy();
    expect(left.output).toMatch(/is logged out, but stays listed/);
    mustFail(await stack.up(), /web-1: logged out: .*Delete its old node at the control server/);
    await using again = await whoStack(lab);
    declare(lab, again, { "web-1": "host-1" });
    await again.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await again.destroy();
  },
);

fault(
  {
    group,
    name: "destroy with an API key that is refused, then without one",
    outcome: "an error, and nothing is changed; without one a warning that the node stays listed",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    const good = stack.env["MESH_API"]!;
    stack.env["MESH_API"] = `${good.slice(0, -4)}xxxx`;
    mustFail(await stack.destroy(), /web-1: key invalid: /);
    expect(await isNode(lab, "host-1")).toBe("Running web-1");
    stack.env["MESH_API"] = "";
    const { code, output } = await stack.destroy();
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/stays listed/) });
  },
);

fault(
  {
    group,
    name: "`tailscale down`, tailscaled restarted, the control server out of reach: refresh, then destroy",
    outcome:
      "refresh keeps the state, with drift; destroy with `onDestroy: logout` logs the host out for good",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await using stack = await whoStack(lab, { api_key_env: undefined });
    await declare(lab, stack, { "web-1": "host-1" }, { onDestroy: "logout" }).mustUp();
    await onHost(lab, "host-1", "tailscale", "down");
    await lab.control.stop();
    await onHost(lab, "host-1", "systemctl", "restart", "tailscaled");
    const refreshed = await stack.refresh();
    const destroyed = await stack.destroy();
    await lab.control.start();
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).not.toMatch(/1 deleted/);
    expect(destroyed.code).toBe(0);
    expect(await isNode(lab, "host-1")).toBe("NeedsLogin");
  },
);

fault(
  {
    group,
    name: "an auth key whose tags are too few, without an API key; then the right one",
    outcome:
      "`tag refused`, with a warning of the node that stays and has to go; then `logged out` within seconds, with what to delete; after that it joins",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await installClient(lab, "host-1");
    await using stack = await whoStack(lab, { api_key_env: undefined });
    declare(lab, stack, { "web-1": "host-1" });
    const right = stack.env["MESH_AUTHKEY"]!;
    stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["db"], reusable: true });
    const refused = await stack.up();
    mustFail(refused, /web-1: tag refused: the node lacks tag:app/);
    expect(refused.output.replaceAll(/\s+/g, " ")).toMatch(
      /its node \d+ is logged out, but stays listed at the control server: delete it there before/,
    );
    stack.env["MESH_AUTHKEY"] = right;
    const started = performance.now();
    mustFail(await stack.up(), /web-1: logged out: .*Delete its old node at the control server/);
    const seconds = Math.round((performance.now() - started) / 1000);
    await clearTailnet(lab);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    await stack.destroy();
    return `said after ${seconds} s`;
  },
);

/** Where the connection breaks: when the login's answer is under way, and after it. */
const BREAKS = [
  { exec: 3, moment: "answer" },
  { exec: 4, moment: "request" },
] as const;

fault(
  {
    group,
    name: "a create breaks off after the login, then destroy, with an API key",
    outcome: "the node is removed at the control server, also when the run had not heard which one it was",
    tries: BREAKS.length,
  },
  async (index) => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await using stack = await whoStack(lab);
    await using proxy = await CuttingProxy.open(lab.host("host-1").address, { ...BREAKS[index]!, workMs: 0 });
    const connection = { ...connectionTo(lab, "host-1"), host: "127.0.0.1", port: proxy.port };
    stack.configure({ hosts: { "web-1": { connection } } });
    mustFail(await stack.up(), /web-1: host unreachable: connection lost/);
    const before = (await listNodes(lab)).length;
    const { code, output } = await stack.destroy();
    expect({ code, output }).toMatchObject({ code: 0, output: expect.not.stringContaining("api_key_env") });
    await mustBeNodes(lab, {});
    expect(await isNode(lab, "host-1")).toBe("NeedsLogin");
    expect(before).toBe(1);
  },
);
