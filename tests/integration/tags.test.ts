/** Tags: changed in place through Headscale's API, refused with the remedy where nobody can change them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { headscaleNetwork, tailscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";

let lab: Lab;
beforeAll(async () => {
  lab = await mustLab();
});

const hostWith = (...tags: string[]) => ({ "web-1": { connection: connectionTo(lab, "host-1"), tags } });
const tagsAtServer = async () => (await listNodes(lab)).map(({ name, tags }) => `${name} ${tags.join(",")}`);

describe("with api_key_env", () => {
  let stack: Stack;
  beforeAll(async () => {
    await freshHosts(lab, "host-1");
    const env = { MESH_AUTHKEY: await lab.authKey({ tags: ["app"] }), MESH_API: await lab.apiKey() };
    stack = await Stack.create(lab, { env });
    stack.configure({
      network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
      hosts: hostWith("tag:app", "tag:web"),
    });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("a key with other tags joins, and the API sets the wanted ones", async () => {
    await stack.mustUp();
    expect(await tagsAtServer()).toEqual(["web-1 tag:app,tag:web"]);
  });

  it("tags change in place: added, taken away, without a login", async () => {
    stack.configure({ hosts: hostWith("tag:db", "tag:web") });
    const run = await stack.mustUp();
    expect(await tagsAtServer()).toEqual(["web-1 tag:db,tag:web"]);
    expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe", "await-node"] });
    expect(run.output).toMatch(/~\s+\S*mesh:Host mesh-web-1 updat/);
  });

  it("tags that others set are left alone", async () => {
    const [node] = await listNodes(lab);
    await lab.headscale(["nodes", "tag", "--identifier", node!.id, "--tags", "tag:db,tag:web,tag:prod"]);
    stack.configure({ hosts: hostWith("tag:db") });
    await stack.mustUp();
    expect(await tagsAtServer()).toEqual(["web-1 tag:db,tag:prod"]);
  });

  it("a tag that the policy does not know is refused, and nothing changes; 0.27 sets it", async () => {
    stack.configure({ hosts: hostWith("tag:db", "tag:forbidden") });
    const { code, output } = await stack.up();
    if (lab.headscaleRelease === "0.27") {
      expect(code).toBe(0);
      expect(await tagsAtServer()).toEqual(["web-1 tag:db,tag:forbidden,tag:prod"]);
      return;
    }
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: tag refused: Headscale refused the tags .*tag:forbidden.*tagOwners/);
    expect(await tagsAtServer()).toEqual(["web-1 tag:db,tag:prod"]);
  });

  it("destroy removes the node at the control server, and a new up joins under the same name", async () => {
    stack.configure({ hosts: hostWith("tag:app") });
    const destroyed = await stack.destroy();
    expect(destroyed.code).toBe(0);
    expect(await listNodes(lab)).toEqual([]);
    stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"] });
    await stack.mustUp();
    expect(await tagsAtServer()).toEqual(["web-1 tag:app"]);
  });
});

describe("an auth key with the tags of all hosts", () => {
  let stack: Stack;
  beforeEach(async () => {
    await freshHosts(lab, "host-1");
    const key = await lab.authKey({ tags: ["app", "db", "web"], reusable: true });
    stack = await Stack.create(lab, { env: { MESH_AUTHKEY: key, MESH_API: await lab.apiKey() } });
    stack.configure({
      network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
      hosts: hostWith("tag:web"),
    });
  });
  afterEach(async () => {
    await stack.destroy();
    await stack[Symbol.asyncDispose]();
  });

  it("leaves the node with its own, where there is an API; the next up is no change", async () => {
    await stack.mustUp();
    expect(await tagsAtServer()).toEqual(["web-1 tag:web"]);
    const again = await stack.mustUp();
    expect(again.output).toMatch(/3 unchanged/);
  });

  it("is said without one, once; a refresh tells what came since", async () => {
    stack.configure({ network: headscaleNetwork(lab) });
    const first = await stack.mustUp();
    expect(first.output).toMatch(/warning: web-1: the node has tags that are not declared: tag:app, tag:db/);
    expect(await tagsAtServer()).toEqual(["web-1 tag:app,tag:db,tag:web"]);
    expect((await stack.refresh()).output).not.toMatch(/not declared/);
    expect((await stack.mustUp()).output).not.toMatch(/not declared/);

    const [node] = await listNodes(lab);
    const tags = "tag:app,tag:db,tag:prod,tag:web";
    await lab.headscale(["nodes", "tag", "--identifier", node!.id, "--tags", tags]);
    await stack.refresh();
    const second = await stack.mustUp();
    expect(second.output).toMatch(/warning: web-1: the node has tags that are not declared: .*tag:prod/);
  });
});

describe.each([
  ["headscale", headscaleNetwork, "api_key_env"],
  ["tailscale", tailscaleNetwork, "admin console"],
])("without an API, with the network provider %s", (_id, network, remedy) => {
  let stack: Stack;
  beforeAll(async () => {
    await freshHosts(lab, "host-1");
    stack = await Stack.create(lab, {
      env: { MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }) },
    });
    stack.configure({ network: network(lab) });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("a join whose key does not carry the tags fails, and leaves no node without them", async () => {
    stack.configure({ hosts: hostWith("tag:web") });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`web-1: tag refused: the node lacks tag:web.*${remedy}`));
    expect(await lab.exec("host-1", ["tailscale", "status"])).toMatchObject({
      stdout: expect.stringMatching(/Logged out/),
    });
  });

  it("a joined node keeps its tags when others cannot be had", async () => {
    for (const { id } of await listNodes(lab))
      await lab.headscale(["nodes", "delete", "--identifier", id, "--force"]);
    stack.configure({ hosts: hostWith("tag:app") });
    await stack.mustUp();
    stack.configure({ hosts: hostWith("tag:app", "tag:web") });
    const { output, trace } = await stack.up();
    expect(output).toMatch(new RegExp(`web-1: tag refused: the node lacks tag:web.*${remedy}`));
    expect(trace.map(({ label }) => label)).not.toContain("login");
    expect(await tagsAtServer()).toEqual(["web-1 tag:app"]);
  });
});
