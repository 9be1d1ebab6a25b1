/** Machines that were made from a copy of another one's disk, the client's keys included. */
import { expect } from "@jest/globals";
import { freshHosts, mustLab, onHost } from "../integration/support/lab";
import { fault } from "./support/record";
import {
  copyClient,
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
    name: "a host is a copy of one that the program has joined, declared in a later run; then `onClone: reset`",
    outcome: "`cloned`, which names both; the original stays. With `reset` the copy gets a key of its own",
    small: [0],
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await lab.resetHost("host-2");
    await installClient(lab, "host-2");
    await copyClient(lab, "host-1", "host-2");
    declare(lab, stack, { "web-1": "host-1", "web-2": "host-2" });
    mustFail(await stack.up(), /web-2: cloned: the machine is a copy of urn:\S+mesh-web-1/);
    declare(lab, stack, { "web-1": "host-1", "web-2": "host-2" }, { onClone: "reset" });
    expect((await stack.mustUp()).output).toMatch(/web-2: the machine was made from a copy/);
    await mustBeNodes(lab, { "web-1": "host-1", "web-2": "host-2" });
    await mustRest(stack);
  },
);

fault(
  {
    group,
    name: "two copies of an image that was joined by hand, declared in the same run",
    outcome: "one is joined, the other is `cloned`; with `onClone: reset` both are nodes",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1", "host-2");
    await installClient(lab, "host-1");
    await installClient(lab, "host-2");
    const key = await lab.authKey({ tags: ["app"] });
    const up = `tailscale up --login-server=${lab.loginServer} --hostname=image --auth-key=file:/dev/stdin`;
    expect((await lab.exec("host-1", ["sh", "-c", up], { stdin: key })).code).toBe(0);
    await copyClient(lab, "host-1", "host-2");
    await using stack = await whoStack(lab);
    declare(lab, stack, { "web-1": "host-1", "web-2": "host-2" });
    mustFail(await stack.up("--continue-on-error"), /web-[12]: cloned: the machine is a copy of urn:/);
    declare(lab, stack, { "web-1": "host-1", "web-2": "host-2" }, { onClone: "reset" });
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1", "web-2": "host-2" });
    await mustRest(stack);
  },
);

fault(
  {
    group,
    name: "two copies of an image in which the client was joined once and logged out; by another stack, and nobody's",
    outcome:
      "`cloned` before the login, which would take the other's node: the key is at work at the control server",
    tries: 2,
  },
  async (index) => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1", "host-2");
    await installClient(lab, "host-1"); // joined once, and logged out
    await installClient(lab, "host-2");
    await copyClient(lab, "host-1", "host-2");
    await using first = await whoStack(lab);
    await declare(lab, first, { "web-1": "host-1" }).mustUp();
    if (index === 1) await onHost(lab, "host-1", "rm", "-r", "/var/lib/pulumi-mesh");
    await using second = await whoStack(lab);
    declare(lab, second, { "web-2": "host-2" });
    mustFail(await second.up(), /web-2: cloned: the machine is a copy of the node \d+ \(web-1\)/);
    await mustBeNodes(lab, { "web-1": "host-1" });
    expect(await isNode(lab, "host-2")).toBe("NeedsLogin");
    declare(lab, second, { "web-2": "host-2" }, { onClone: "reset" });
    await second.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1", "web-2": "host-2" });
    await second.destroy();
    await first.destroy();
    return index === 0 ? "another stack's" : "nobody's";
  },
);
