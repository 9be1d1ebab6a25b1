/** Answers that are not true: of a host, of a proxy, of a control server whose database is another one's by now. */
import { expect } from "@jest/globals";
import { z } from "zod";
import type { Lab } from "../../lab";
import { freshHosts, listNodes, mustLab, onHost } from "../integration/support/lab";
import { fault } from "./support/record";
import {
  declare,
  GROUP as group,
  isNode,
  joined,
  mustBeNodes,
  mustRest,
  saveDatabase,
  whoStack,
} from "./support/who";

const statusSchema = z.looseObject({ Self: z.record(z.string(), z.unknown()) });

/** What the host's client says of itself. */
async function statusOf(lab: Lab, host: string): Promise<z.output<typeof statusSchema>> {
  return statusSchema.parse(
    JSON.parse(await onHost(lab, host, "tailscale", "status", "--json", "--peers=false")),
  );
}

/** Instead of the client: one that shows another node's id, addresses, key and tags as its own. */
const LIAR = `#!/bin/sh
case "$*" in
  "status --json"*) cat /root/lie.json ;;
  *) exec /usr/bin/tailscale "$@" ;;
esac
`;

fault(
  {
    group,
    name: "a host shows another node's id, key and tags as its own; then a change of its tags, then destroy",
    outcome: "an error: the API key is not spent on the other node, which keeps its tags and stays listed",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "db-1": "host-2", "web-1": "host-1" });
    const [own, truth] = [await statusOf(lab, "host-1"), await statusOf(lab, "host-2")];
    const lie = { ...own, Self: { ...truth.Self, DNSName: own.Self["DNSName"] } };
    await lab.exec("host-1", ["sh", "-c", "cat >/root/lie.json"], { stdin: JSON.stringify(lie) });
    await lab.exec(
      "host-1",
      ["sh", "-c", "cat >/usr/local/bin/tailscale; chmod +x /usr/local/bin/tailscale"],
      { stdin: LIAR },
    );
    const before = await listNodes(lab);
    declare(lab, stack, { "db-1": "host-2", "web-1": "host-1" }, { tags: ["tag:web"] });
    await stack.up("--continue-on-error");
    const db = (nodes: Awaited<ReturnType<typeof listNodes>>) => nodes.find(({ name }) => name === "db-1");
    // db-1 itself gets the tag by its own declaration; what matters is that web-1's lie adds and removes nothing there.
    expect(db(await listNodes(lab))).toMatchObject({ id: db(before)!.id });
    declare(lab, stack, { "db-1": "host-2" }, { tags: ["tag:web"] });
    await stack.up();
    expect(db(await listNodes(lab))).toMatchObject({ id: db(before)!.id, tags: ["tag:app", "tag:web"] });
    expect(await isNode(lab, "host-2")).toBe("Running db-1");
  },
);

fault(
  {
    group,
    name: "the control server's database is put back to a day before the host joined",
    outcome:
      "refresh drops the node that is not listed any more; `pulumi up` joins the host anew, and it is listed",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1");
    await using stack = await whoStack(lab); // its keys are of that day, too
    const putBack = await saveDatabase(lab);
    await declare(lab, stack, { "web-1": "host-1" }).mustUp();
    await putBack();
    expect((await stack.refresh()).code).toBe(0);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    await stack.destroy();
  },
);

fault(
  {
    group,
    name: "the same, and the id is another node's by now: destroy",
    outcome: "the other node stays; a warning says whose the id is",
  },
  async () => {
    const lab = await mustLab();
    await freshHosts(lab, "host-1", "host-2");
    await using stack = await whoStack(lab);
    await using other = await whoStack(lab);
    const putBack = await saveDatabase(lab);
    await declare(lab, stack, { "web-1": "host-1" }).mustUp();
    const { id } = (await listNodes(lab))[0]!;
    await putBack();
    await declare(lab, other, { "db-1": "host-2" }).mustUp();
    expect((await listNodes(lab)).map((node) => `${node.id} ${node.name}`)).toEqual([`${id} db-1`]);
    const { code, output } = await stack.destroy();
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/the node \d+ is db-1/),
    });
    // The host's client may have registered itself anew meanwhile; what counts is the node that has the recorded id.
    expect(await listNodes(lab)).toContainEqual(expect.objectContaining({ id, name: "db-1" }));
    expect(await isNode(lab, "host-2")).toBe("Running db-1");
    await other.destroy();
  },
);

fault(
  {
    group,
    name: "tailscaled is stopped, masked, or its state file garbled: refresh, then `up`",
    outcome:
      "the state stays, with drift that says so; `pulumi up` mends the host, with the same node where its state was whole",
    tries: 3,
  },
  async (index) => {
    const ways = [
      ["stopped", "systemctl stop tailscaled"],
      ["masked", "systemctl mask --now tailscaled"],
      [
        "garbled",
        "systemctl stop tailscaled; echo garbage >/var/lib/tailscale/tailscaled.state; systemctl start tailscaled",
      ],
    ] as const;
    const [way, command] = ways[index]!;
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await lab.exec("host-1", ["sh", "-c", command]);
    const refreshed = await stack.refresh();
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).not.toMatch(/1 deleted/);
    if (way === "garbled")
      await lab.exec("host-1", [
        "sh",
        "-c",
        "rm /var/lib/tailscale/tailscaled.state; systemctl restart tailscaled",
      ]);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    return way;
  },
);
