/** A control server that is down, and keys and tags that it refuses. */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { Lab } from "../../lab";
import { listNodes, mustLab } from "../integration/support/lab";
import { headscaleNetwork, installBlock } from "../integration/support/network";
import { awaitOnHost } from "./support/machine";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge } from "./support/world";

const group = "Control server, keys and tags";

const isLogin = (argv: readonly string[]) => argv[0] === "tailscale" && argv[1] === "up";

/** A client that has cached its network goes on as if the control server were there. */
async function restartWithoutCache(lab: Lab): Promise<void> {
  const script =
    "systemctl stop tailscaled; rm -rf /var/lib/tailscale/profile-data/*/netmap-cache; systemctl start tailscaled";
  expect((await lab.exec("host-1", ["sh", "-c", script])).code).toBe(0);
}

fault(
  {
    group,
    name: "control server stopped at the login, and started again 10 s later",
    outcome: "the same run joins the host",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await using _up = startAgain(lab);
    const running = stack.up();
    await awaitOnHost(lab, "host-1", (argv) => argv.some((each) => each.endsWith("/dpkg")));
    await lab.control.stop();
    expect(await awaitOnHost(lab, "host-1", isLogin)).toBe(true);
    await delay(10_000);
    await lab.control.start();
    const { code, output } = await running;
    expect(output).toMatch(/joined as web-1/);
    expect(code).toBe(0);
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "control server stopped for the whole join",
    outcome: "`control server: ...` after a minute, no node; the next `pulumi up` converges once it is back",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await using _up = startAgain(lab);
    await lab.control.stop();
    const run = await stack.up();
    expect(errorOf(run)).toMatch(/web-1: control server: the host cannot reach the control server/);
    await lab.control.start();
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "control server down, nothing to change: `up`, `refresh`",
    outcome: "both succeed without a change",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await using _up = startAgain(lab);
    await stack.mustUp();
    await lab.control.stop();
    expect((await stack.mustUp()).trace).toEqual([]);
    const refreshed = await stack.refresh();
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).toMatch(/unchanged/);
    expect(refreshed.output).not.toMatch(/deleted|updated/);
    await lab.control.start();
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "control server down, and tailscaled of a joined host starts again: `refresh`, then a change",
    outcome:
      "`refresh` keeps the host's state with a warning; a change is the error `control server`, no key is used; the next `pulumi up` converges once it is back",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await using _up = startAgain(lab);
    await stack.mustUp();
    await lab.control.stop();
    await restartWithoutCache(lab);
    const refreshed = await stack.refresh();
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).toMatch(/Its state is kept as it was/);
    expect(refreshed.output).not.toMatch(/deleted|updated/);
    const install = installBlock(lab, { min_version: "1.80.0" });
    stack.configure({ network: headscaleNetwork(lab, { default_tags: ["tag:app"], install }) });
    expect(errorOf(await stack.up())).toMatch(/web-1: control server: /);
    await lab.control.start();
    await mustConverge(lab, stack);
  },
);

fault(
  {
    group,
    name: "the same, then `pulumi destroy`",
    outcome: "the host is logged out for good; a warning says that its node stays listed",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await using _up = startAgain(lab);
    await stack.mustUp();
    await lab.control.stop();
    await restartWithoutCache(lab);
    const destroyed = await stack.destroy();
    expect(destroyed.output).toMatch(/is logged out, but stays listed/);
    expect(destroyed.code).toBe(0);
    await lab.control.start();
    await lab.exec("host-1", ["systemctl", "restart", "tailscaled"]);
    await delay(10_000);
    expect((await lab.exec("host-1", ["tailscale", "status"])).stdout).toMatch(/Logged out/);
  },
);

const KEYS: readonly [string, (lab: Lab) => Promise<string>, RegExp][] = [
  ["expired", expiredKey, /web-1: key expired: /],
  ["used", usedKey, /web-1: key used: /],
  ["revoked", revokedKey, /web-1: key (expired|invalid): /],
  ["wrong", () => Promise.resolve("hskey-auth-wrong-000000000000"), /web-1: key invalid: /],
];

fault(
  {
    group,
    name: "auth key expired, used, revoked, wrong",
    outcome:
      "`key expired`, `key used` or `key invalid` with its remedy, no node; a good key and `pulumi up` converge",
    tries: KEYS.length,
  },
  async (index) => {
    const [why, key, message] = KEYS[index]!;
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    const good = stack.env["MESH_AUTHKEY"]!;
    stack.env["MESH_AUTHKEY"] = await key(lab);
    const others = (await listNodes(lab)).length;
    expect(errorOf(await stack.up())).toMatch(message);
    expect(await listNodes(lab)).toHaveLength(others);
    for (const { id } of await listNodes(lab)) await lab.headscale(["nodes", "delete", "--identifier", id]);
    stack.env["MESH_AUTHKEY"] = good;
    await mustConverge(lab, stack);
    return why;
  },
);

fault(
  {
    group,
    name: "tag refused by the policy (asked for through the API)",
    outcome:
      "`tag refused`, the join is undone: no untagged node; the corrected tag and `pulumi up` converge",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab, ["host-1"], "api");
    const network = (tag: string) =>
      stack.configure({ network: headscaleNetwork(lab, { default_tags: [tag], api_key_env: "MESH_API" }) });
    network("tag:not-in-the-policy");
    expect(errorOf(await stack.up())).toMatch(/web-1: tag refused: .*tagOwners/);
    expect(await listNodes(lab)).toEqual([]);
    network("tag:app");
    await mustConverge(lab, stack);
  },
);

async function expiredKey(lab: Lab): Promise<string> {
  const key = await lab.authKey({ tags: ["app"], expires: "1s" });
  await delay(1_500);
  return key;
}

/** Another node has used it. */
async function usedKey(lab: Lab): Promise<string> {
  await using other = await freshStack(lab, ["host-2"]);
  const key = await lab.authKey({ tags: ["app"] });
  other.env["MESH_AUTHKEY"] = key;
  await other.mustUp();
  return key;
}

async function revokedKey(lab: Lab): Promise<string> {
  const key = await lab.authKey({ tags: ["app"], reusable: true });
  const listed = (await lab.headscale(["preauthkeys", "list"])) as { id: number | string; key: string }[];
  const found = listed.find((each) => each.key === key || key.startsWith(each.key.replace(/\*+.*$/, "")));
  const { id } = found ?? listed.at(-1)!;
  await lab.headscale(["preauthkeys", "expire", "--id", String(id)]);
  return key;
}

/** Whatever happens, the next test finds the control server running. */
function startAgain(lab: Lab): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => lab.control.start() };
}
