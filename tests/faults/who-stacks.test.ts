/** One machine with two declarations: in one program, and in two stacks. */
import { expect } from "@jest/globals";
import { connectionTo, freshHosts, listNodes, mustLab } from "../integration/support/lab";
import { fault } from "./support/record";
import { declare, GROUP as group, joined, mustBeNodes, mustFail, mustRest, whoStack } from "./support/who";

fault(
  {
    group,
    name: "one address is written for two hosts of a program",
    outcome: "an error at preview that names both; nothing is changed",
    small: [0],
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    declare(lab, stack, { "web-1": "host-1", "web-2": "host-1" });
    mustFail(await stack.preview(), /hosts\.web-2\.connection: leads to the same host as that of web-1/);
    const run = await stack.up();
    mustFail(run, /leads to the same host/);
    expect(run.trace).toEqual([]);
    await mustBeNodes(lab, { "web-1": "host-1" });
  },
);

fault(
  {
    group,
    name: "two addresses of one machine are declared as two hosts",
    outcome: "`declared twice`, which names both, before anything is done; the first one stays as it is",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    const { address } = lab.hosts.find(({ name }) => name === "host-1")!;
    const connection = connectionTo(lab, "host-1");
    // Another way to write the same IPv4 address, so that no text tells.
    const mapped = { ...connection, host: `::ffff:${address}` };
    stack.configure({
      hosts: {
        "web-1": { connection: { ...connection, dialErrorLimit: 2 } },
        "web-2": { connection: mapped },
      },
    });
    mustFail(await stack.up(), /web-2: declared twice: .*mesh-web-1/);
    await mustBeNodes(lab, { "web-1": "host-1" });
  },
);

fault(
  {
    group,
    name: "two stacks declare one host",
    outcome:
      "the second takes it over with a warning; the first one's refresh shows it as drift, its `up` is `held elsewhere`, its destroy leaves the host",
  },
  async () => {
    const lab = await mustLab();
    await using first = await joined(lab, { "web-1": "host-1" });
    await using second = await whoStack(lab);
    declare(lab, second, { "web-1": "host-1" });
    expect((await second.mustUp()).output).toMatch(/web-1: taken over from urn:/);
    expect((await first.refresh("--diff")).output).toMatch(/the host is held by urn:/);
    mustFail(await first.up(), /web-1: held elsewhere: the host is held by urn:\S+ by now/);
    const { code, output } = await first.destroy();
    expect(code).toBe(0);
    expect(output).toMatch(/it was left as it is/);
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(second);
    expect((await second.destroy()).code).toBe(0);
    await mustBeNodes(lab, {});
  },
);

fault(
  {
    group,
    name: "the same, and the second stack is destroyed",
    outcome: "the host is given back, joined as it is; the first stack goes on",
  },
  async () => {
    const lab = await mustLab();
    await using first = await joined(lab, { "web-1": "host-1" });
    await using second = await whoStack(lab);
    declare(lab, second, { "web-1": "host-1" });
    await second.mustUp();
    expect((await second.destroy()).output).toMatch(/web-1 was given back to urn:/);
    await mustBeNodes(lab, { "web-1": "host-1" });
    await first.refresh();
    await mustRest(first);
    expect((await first.destroy()).code).toBe(0);
    await mustBeNodes(lab, {});
  },
);

fault(
  {
    group,
    name: "a stack led to another stack's host by mistake, and its address is corrected",
    outcome: "the other host stays in the mesh; each stack has its own, after an `up` of each",
  },
  async () => {
    const lab = await mustLab();
    await using first = await joined(lab, { "web-1": "host-1" });
    await lab.resetHost("host-2");
    await using second = await whoStack(lab);
    declare(lab, second, { "web-2": "host-1" });
    await second.mustUp();
    declare(lab, second, { "web-2": "host-2" });
    await second.up(); // its name is still the other host's: that one gets its own back first
    await first.refresh();
    await first.mustUp();
    await second.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1", "web-2": "host-2" });
    await mustRest(second);
    await second.destroy();
    await mustBeNodes(lab, { "web-1": "host-1" });
  },
);

fault(
  {
    group,
    name: "`onDestroy: keep`, and another stack takes the host",
    outcome: "nobody holds it meanwhile: it is taken over without a word, and leaves with its new stack",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await using first = await whoStack(lab);
    await declare(lab, first, { "web-1": "host-1" }, { onDestroy: "keep" }).mustUp();
    await first.destroy();
    await using second = await whoStack(lab);
    const { output } = await declare(lab, second, { "web-1": "host-1" }).mustUp();
    expect(output).not.toMatch(/taken over/);
    expect((await second.destroy()).code).toBe(0);
    expect(await listNodes(lab)).toEqual([]);
  },
);
