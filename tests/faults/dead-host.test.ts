/** Hosts that are gone for good, or for now: refresh and destroy. */
import { expect } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, listNodes, mustLab } from "../integration/support/lab";
import type { Stack } from "../integration/support/stack";
import { freeze, powerOff, powerOn, unfreeze } from "./support/machine";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge, type TagWay } from "./support/world";

const group = "Dead hosts";

/** A connection that gives up soon. */
const hurried = (lab: Lab) => ({ ...connectionTo(lab, "host-1"), dialErrorLimit: 1, perDialTimeout: 3 });

/** Joined, and then without power. */
async function deadHost(lab: Lab, tagWay: TagWay): Promise<Stack> {
  const stack = await freshStack(lab, ["host-1"], tagWay);
  stack.configure({ hosts: { "web-1": { connection: hurried(lab) } } });
  await stack.mustUp();
  await powerOff(lab, "host-1");
  return stack;
}

fault(
  {
    group,
    name: "`pulumi refresh` of a host that is out of reach",
    outcome: "a warning; its state is kept, and `pulumi up` has nothing to do when it is back",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await deadHost(lab, "key");
    const { code, output } = await stack.refresh();
    expect(output).toMatch(/warning: web-1: host unreachable: .*state is kept/);
    expect(code).toBe(0);
    await powerOn(lab, "host-1");
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "`pulumi refresh` of a host that hangs: its kernel takes connections, and no process answers",
    outcome: "a warning; its state is kept, and `pulumi up` has nothing to do when it goes on",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await stack.mustUp();
    await freeze(lab, "host-1");
    const { code, output } = await stack.refresh();
    await unfreeze(lab, "host-1");
    expect(output).toMatch(
      /warning: web-1: host unreachable: .* in 20 s\).*raise the connection's perDialTimeout.*state is kept/,
    );
    expect(code).toBe(0);
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "`pulumi destroy` of a dead host, with access to the control server's API",
    outcome:
      "the node is removed at the control server; a warning says that the host itself was not logged out",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await deadHost(lab, "api");
    const { code, output } = await stack.destroy();
    expect(output).toMatch(/warning: web-1: its client was not logged out: /);
    expect(code).toBe(0);
    expect(await listNodes(lab)).toEqual([]);
  },
);

/** The ways out that the error names. */
const WAYS: Readonly<Record<string, (lab: Lab, stack: Stack) => Promise<void>>> = {
  "the host is back": async (lab, stack) => {
    await powerOn(lab, "host-1");
    // It boots: the connection that gives up soon is not what a user has.
    stack.configure({ hosts: { "web-1": { connection: connectionTo(lab, "host-1") } } });
    await stack.mustUp();
  },
  "onDestroy: keep": async (lab, stack) => {
    stack.configure({ hosts: { "web-1": { connection: hurried(lab), onDestroy: "keep" } } });
    await stack.mustUp();
  },
};

fault(
  {
    group,
    name: "`pulumi destroy` of a dead host, without the API",
    outcome:
      "an error that names the ways out, the state is kept; each of them, then `pulumi destroy` succeeds",
    tries: Object.keys(WAYS).length,
  },
  async (index) => {
    const [way, take] = Object.entries(WAYS)[index]!;
    const lab = await mustLab();
    await using stack = await deadHost(lab, "key");
    expect(errorOf(await stack.destroy())).toMatch(/web-1: host unreachable: .*onDestroy/);
    await take(lab, stack);
    expect((await stack.destroy()).code).toBe(0);
    return way;
  },
);
