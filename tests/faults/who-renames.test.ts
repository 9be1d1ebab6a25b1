/** Renamings and replacements: the same machine under another declaration, and the same declaration on another machine. */
import { expect } from "@jest/globals";
import { mustLab } from "../integration/support/lab";
import { upAndKill } from "./support/crash";
import { fault } from "./support/record";
import { recover } from "./support/recover";
import {
  declare,
  GROUP as group,
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
    name: "a host's key is renamed, without an alias",
    outcome:
      "the host stays in the mesh under its new name; the old declaration leaves it alone, and says so",
    small: [0],
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    declare(lab, stack, { "front-1": "host-1" });
    const { output } = await stack.mustUp();
    expect(output).toMatch(/web-1 is held by urn:\S+front-1 by now: it was left as it is/);
    await mustBeNodes(lab, { "front-1": "host-1" });
    await mustRest(stack);
    expect((await stack.destroy()).code).toBe(0);
    await mustBeNodes(lab, {});
  },
);

fault(
  {
    group,
    name: "the same with `aliases`",
    outcome: "an update in place: one resource, nothing is taken over",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    declare(lab, stack, { "front-1": "host-1" }, { aliases: ["web-1"] });
    const { output } = await stack.mustUp();
    expect(output).toMatch(/~ 1 updated/);
    expect(output).not.toMatch(/held by|taken over/);
    await mustBeNodes(lab, { "front-1": "host-1" });
    await mustRest(stack);
  },
);

fault(
  {
    group,
    name: "`pulumi up --replace URN`, and `pulumi state taint URN`",
    outcome: "the new resource takes the host over, the old one's delete leaves it: joined as before",
    tries: 2,
  },
  async (index) => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    const { deployment } = await stack.state();
    const urn = deployment.resources.find(({ type }) => type.endsWith("mesh:Host"))!.urn;
    if (index === 0) expect((await stack.up("--replace", urn)).code).toBe(0);
    else {
      expect((await stack["run"](["state", "taint", "--yes", "--stack", stack.name, urn])).code).toBe(0);
      await stack.mustUp();
    }
    await mustBeNodes(lab, { "web-1": "host-1" });
    await mustRest(stack);
    expect((await stack.destroy()).code).toBe(0);
    await mustBeNodes(lab, {});
    return index === 0 ? "replace" : "taint";
  },
);

fault(
  {
    group,
    name: "a connection leads to another machine, while the former one still runs",
    outcome: "the former machine is asked over its former connection, logged out, and gives its name",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await lab.resetHost("host-2");
    declare(lab, stack, { "web-1": "host-2" });
    const { output } = await stack.mustUp();
    expect(output).toMatch(/its former node \d+ was removed/);
    await mustBeNodes(lab, { "web-1": "host-2" });
    expect(await isNode(lab, "host-1")).toBe("NeedsLogin");
    await mustRest(stack);
  },
);

fault(
  {
    group,
    name: "a renaming that fails, since another node has the name, and the old name again",
    outcome: "`name taken`, the former name is put back; with the old name `pulumi up` converges",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1" });
    await using other = await whoStack(lab);
    await lab.resetHost("host-2");
    await declare(lab, other, { "db-1": "host-2" }).mustUp();
    declare(lab, stack, { "db-1": "host-1" }, { aliases: ["web-1"] });
    mustFail(await stack.up(), /name taken/);
    await mustBeNodes(lab, { "db-1": "host-2", "web-1": "host-1" });
    declare(lab, stack, { "web-1": "host-1" }, { aliases: ["db-1"] });
    await stack.mustUp();
    await mustBeNodes(lab, { "db-1": "host-2", "web-1": "host-1" });
    await mustRest(stack);
    await other.destroy();
  },
);

fault(
  {
    group,
    name: "two hosts change their names, with `--parallel 1`",
    outcome: "one or two runs, of which the first may fail with `name taken`",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await joined(lab, { "web-1": "host-1", "web-2": "host-2" });
    declare(lab, stack, { "web-1": "host-2", "web-2": "host-1" });
    const first = await stack.up("--parallel", "1");
    if (first.code !== 0) mustFail(first, /name taken/);
    await stack.mustUp();
    await mustBeNodes(lab, { "web-1": "host-2", "web-2": "host-1" });
    await mustRest(stack);
    return first.code === 0 ? "one run" : "two runs";
  },
);

const LIFE_MS = 7_000;

fault(
  {
    group,
    name: "kill -9 of the CLI at a random moment of a renaming, and of a replacement",
    outcome: "`pulumi cancel`, then `pulumi up` converges: one node, in the mesh all the time",
    tries: 10,
  },
  (index) => crashOnce(index, LIFE_MS),
);

async function crashOnce(index: number, life: number): Promise<string> {
  const lab = await mustLab();
  await using stack = await joined(lab, { "web-1": "host-1" });
  const renaming = index % 2 === 0;
  declare(lab, stack, { [renaming ? "front-1" : "web-1"]: "host-1" });
  const { deployment } = await stack.state();
  const urn = deployment.resources.find(({ type }) => type.endsWith("mesh:Host"))!.urn;
  const crash = await upAndKill(stack, "cli", Math.random() * life, renaming ? [] : ["--replace", urn]);
  if (!crash.hit) return crashOnce(index, life * 0.8);
  await recover(lab, stack);
  await stack.mustUp();
  await mustBeNodes(lab, { [renaming ? "front-1" : "web-1"]: "host-1" });
  await mustRest(stack);
  const done =
    crash.done.length === 0 ? "before the first answer of the host" : `after ${crash.done.join(", ")}`;
  return `${renaming ? "renaming" : "replacement"}, ${done}`;
}
