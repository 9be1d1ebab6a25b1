/** The main chain, from an empty machine to a node and back, with both network providers. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork, tailscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";

describe.each([
  ["headscale", headscaleNetwork],
  ["tailscale", tailscaleNetwork],
])("with the network provider %s", (_id, network) => {
  let lab: Lab;
  let stack: Stack;

  beforeAll(async () => {
    lab = await mustLab();
    await freshHosts(lab, "host-1", "host-2");
    stack = await Stack.create(lab, {
      env: { MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }) },
    });
    stack.configure({
      network: network(lab, { default_tags: ["tag:app"] }),
      hosts: {
        "web-1": { connection: connectionTo(lab, "host-1") },
        "web-2": { connection: connectionTo(lab, "host-2", "admin") },
      },
    });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("shows the FQDNs at preview, and reaches no host for it", async () => {
    const { output, code, trace } = await stack.preview();
    expect({ code, trace }).toEqual({ code: 0, trace: [] });
    expect(output).toContain(`web-1.${lab.baseDomain}`);
    expect(output).toContain(`web-2.${lab.baseDomain}`);
  });

  /** What a preview that looks says, and what it costs. */
  const look = async () => {
    stack.configure({ defaults: { probeOnPreview: true } });
    const run = await stack.preview();
    stack.configure({ defaults: undefined });
    expect(run).toMatchObject({ code: 0 });
    expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
    return run.output;
  };

  it("looks at preview where it is asked to, and says what would come", async () => {
    const output = await look();
    for (const host of ["web-1", "web-2"])
      expect(output).toContain(
        `${host}: would install the client from the apt repository, join as ${host}.${lab.baseDomain}`,
      );
  });

  it("installs and joins every host: one connection, three execs each", async () => {
    const run = await stack.mustUp();
    for (const host of ["web-1", "web-2"]) {
      expect(roundTrips(run, host).connections).toBe(1);
      expect(roundTrips(run, host).execs.slice(0, 3)).toEqual(["probe", "install", "login"]);
      for (const step of [
        "connecting",
        "installing 1.102.0",
        "joining",
        `joined as ${host}.${lab.baseDomain}`,
      ]) {
        expect(run.output).toMatch(new RegExp(`mesh-${host} creat.*${step.replaceAll(".", "\\.")}`));
      }
    }
    const nodes = await listNodes(lab);
    expect(nodes.map(({ name, tags }) => ({ name, tags }))).toEqual([
      { name: "web-1", tags: ["tag:app"] },
      { name: "web-2", tags: ["tag:app"] },
    ]);
    expect((await stack.outputs())["fqdns"]).toEqual({
      "web-1": `web-1.${lab.baseDomain}`,
      "web-2": `web-2.${lab.baseDomain}`,
    });
  });

  it("makes a mesh: one node reaches the other by its FQDN", async () => {
    expect(await onHost(lab, "host-1", "ping", "-c", "1", "-W", "10", `web-2.${lab.baseDomain}`)).toContain(
      "1 received",
    );
  });

  it("changes nothing the second time, opens no connection, and needs no key", async () => {
    delete stack.env["MESH_AUTHKEY"];
    const { code, output, trace } = await stack.up();
    expect({ code, trace }).toEqual({ code: 0, trace: [] });
    expect(output).toMatch(/3 unchanged|4 unchanged/);
  });

  it("has nothing to do then, as a preview that looks says", async () => {
    expect(await look()).toContain(`web-1: is as declared, web-1.${lab.baseDomain}`);
  });

  it("costs a converged host one connection and one exec when its connection changes", async () => {
    const { privateKeyPath, host } = connectionTo(lab, "host-1");
    stack.configure({
      hosts: {
        "web-1": { connection: { host, privateKeyPath, user: "root", perDialTimeout: 20 } },
        "web-2": { connection: connectionTo(lab, "host-2", "admin") },
      },
    });
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
    expect(roundTrips(run, "web-2")).toEqual({ connections: 0, execs: [] });
  });

  it("leaves on destroy, says what stays behind, and joins again with a fresh key", async () => {
    const destroyed = await stack.destroy();
    expect(destroyed.code).toBe(0);
    expect(destroyed.output).toMatch(
      /web-1: the node \d+ is logged out, but stays listed at the control server/,
    );
    expect(await onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep BackendState")).toContain(
      "NeedsLogin",
    );

    for (const { id } of await listNodes(lab))
      await lab.headscale(["nodes", "delete", "--identifier", id, "--force"]);
    stack.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"], reusable: true });
    const run = await stack.mustUp();
    expect(roundTrips(run, "web-1")).toEqual({
      connections: 1,
      execs: expect.arrayContaining(["probe", "login"]),
    });
    expect(roundTrips(run, "web-1").execs.length).toBeLessThanOrEqual(4); // a key that carries its tags: two logins; then the mark
    expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1", "web-2"]);
  });
});
