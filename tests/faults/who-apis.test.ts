/** A control server's API that cannot be asked: what answers in its place is no "not found", and nothing is lost by it. */
import { expect } from "@jest/globals";
import type { Lab } from "../../lab";
import { clearTailnet, freshHosts, listNodes, mustLab } from "../integration/support/lab";
import type { Stack } from "../integration/support/stack";
import { fault } from "./support/record";
import {
  declare,
  emptyDatabase,
  GROUP as group,
  isNode,
  joined,
  lostProxy,
  mustBeNodes,
  mustFail,
  mustRest,
  STAND_INS,
  whoStack,
} from "./support/who";

const ANSWERS = Object.entries(STAND_INS);

fault(
  {
    group,
    name: "in the control server's place somebody answers 404, 404 as a web page, 502, or nothing: refresh, `up` of a change, destroy",
    outcome:
      "refresh keeps the hosts with a warning; `up` and destroy are the error `control server` and change nothing; all goes on when the server is back",
    tries: ANSWERS.length,
    tryTimeoutMs: 300_000,
  },
  async (index) => {
    const [way, answer] = ANSWERS[index]!;
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    {
      await using _proxy = await lostProxy(lab, answer);
      const { code, output } = await stack.refresh();
      expect({ code, output }).toMatchObject({
        code: 0,
        output: expect.stringMatching(/could not be checked|Its state is kept/),
      });
      expect(output).not.toMatch(/deleted/);
      declare(lab, stack, { "web-1": "host-1" }, { tags: ["tag:web"] });
      mustFail(await stack.up(), /web-1: control server: /);
      mustFail(await stack.destroy(), /web-1: control server: /);
    }
    await mustBeNodes(lab, { "web-1": "host-1" });
    await stack.mustUp();
    expect((await listNodes(lab))[0]).toMatchObject({ tags: ["tag:app", "tag:web"] });
    await mustRest(stack);
    expect((await stack.destroy()).code).toBe(0);
    await mustBeNodes(lab, {});
    return way;
  },
);

fault(
  {
    group,
    name: "the API key is refused, and the node was removed at the control server: refresh",
    outcome:
      "a warning that it could not be checked; with a good key the node is known to be gone, and `pulumi up` joins anew",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    const good = stack.env["MESH_API"]!;
    stack.env["MESH_API"] = `${good.slice(0, -4)}xxxx`;
    await clearTailnet(lab);
    const refreshed = await stack.refresh();
    expect({ code: refreshed.code, output: refreshed.output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /web-1: whether the control server still lists the node could not be checked/,
      ),
    });
    stack.env["MESH_API"] = good;
    await mustComeBack(lab, stack);
  },
);

fault(
  {
    group,
    name: "the control server comes back with an empty database: refresh, then `up`",
    outcome: "the node is known to be gone; `pulumi up` joins the host anew, and it is listed",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await emptyDatabase(lab);
    stack.env["MESH_API"] = await lab.apiKey();
    stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"], reusable: true });
    await mustComeBack(lab, stack);
  },
);

fault(
  {
    group,
    name: "destroy while the control server is down, once more when it is up again, then `up`",
    outcome: "the first is the error `control server` and changes nothing; the host leaves, and joins again",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await lab.control.stop();
    const destroyed = await stack.destroy();
    await lab.control.start();
    mustFail(destroyed, /web-1: control server: /);
    await mustRest(stack);
    expect((await stack.destroy()).code).toBe(0);
    expect(await isNode(lab, "host-1")).toBe("NeedsLogin");
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await stack.destroy();
  },
);

fault(
  {
    group,
    name: "a login fails, since the control server is away; destroy; the control server comes back",
    outcome: "the host does not join by itself: nothing is listed, and the client has no login",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await using stack = await whoStack(lab, { api_key_env: undefined });
    declare(lab, stack, { "web-1": "host-1" });
    await lab.control.stop();
    const run = await stack.up();
    const { code } = await stack.destroy();
    await lab.control.start();
    mustFail(run, /web-1: control server: /);
    expect(code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 12_000)); // the client tried every few seconds
    await mustBeNodes(lab, {});
    expect(await isNode(lab, "host-1")).toBe("NeedsLogin");
  },
);

/** Refresh drops what is known to be gone, and `up` joins the host anew. */
async function mustComeBack(lab: Lab, stack: Stack): Promise<void> {
  const { code, output } = await stack.refresh();
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/1 deleted/) });
  await stack.mustUp();
  await mustBeNodes(lab, { "web-1": "host-1" });
  await mustRest(stack);
  expect((await stack.destroy()).code).toBe(0);
  await mustBeNodes(lab, {});
}
