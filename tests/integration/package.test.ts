/** The package as published, installed far from its sources: the examples, a plain script, a network provider of one's own. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import YAML from "yaml";
import { z } from "zod";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { installClient } from "./support/install";
import { headscaleNetwork } from "./support/network";
import { Installation } from "./support/package";
import { roundTrips, spawnAndRead, Stack } from "./support/stack";

const SOURCES = join(__dirname, "../..");

let lab: Lab;
let installed: Installation;

beforeAll(async () => {
  lab = await mustLab();
  [installed] = await Promise.all([Installation.create(), freshHosts(lab, "host-1", "host-2")]);
});
afterAll(() => installed[Symbol.dispose]());

describe("three stacks that hand hosts to each other", () => {
  let servers: Stack, network: Stack, app: Stack;

  beforeAll(async () => {
    const open = (example: string) => {
      const program = installed.program(`examples/${example}`);
      return Stack.create(lab, { program, project: `example-${example}` });
    };
    [servers, network, app] = [await open("servers"), await open("network"), await open("app")];
    const addressOf = (host: string, user: string) => ({ address: connectionTo(lab, host).host, user });
    servers.configure({
      servers: { "web-1": addressOf("host-1", "root"), "web-2": addressOf("host-2", "admin") },
    });
    network.configure({
      servers: servers.reference,
      hosts: ["web-1", "web-2"],
      privateKeyPath: lab.identityFile,
      network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
    });
    app.configure({ network: network.reference });
    network.env["MESH_API"] = await lab.apiKey();
  });
  afterAll(async () => {
    for (const stack of [app, network, servers]) await stack[Symbol.asyncDispose]();
  });

  it("the first outputs how to reach its servers", async () => {
    await servers.mustUp();
    expect((await servers.outputs())["connections"]).toEqual({
      "web-1": { host: connectionTo(lab, "host-1").host, user: "root" },
      "web-2": { host: connectionTo(lab, "host-2").host, user: "admin" },
    });
  });

  it("the second joins them, and outputs connections through the mesh", async () => {
    network.env["MESH_AUTHKEY"] = await lab.authKey({ tags: ["app"], reusable: true });
    await network.mustUp();
    expect((await listNodes(lab)).map(({ name, tags }) => ({ name, tags }))).toEqual([
      { name: "web-1", tags: ["tag:app"] },
      { name: "web-2", tags: ["tag:app"] },
    ]);
    const through = (name: string, user: string) => ({
      host: `${name}.${lab.baseDomain}`,
      user,
      privateKey: readFileSync(lab.identityFile, "utf8"),
      hostKey: expect.stringMatching(/^ssh-ed25519 \S+$/),
    });
    expect(await network.outputs()).toEqual({
      fqdns: { "web-1": `web-1.${lab.baseDomain}`, "web-2": `web-2.${lab.baseDomain}` },
      connections: { "web-1": through("web-1", "root"), "web-2": through("web-2", "admin") },
    });
  });

  it("the second changes nothing the next time, opens no connection, and needs no key", async () => {
    delete network.env["MESH_AUTHKEY"];
    const { code, output, trace } = await network.up();
    expect({ code, trace }).toEqual({ code: 0, trace: [] });
    expect(output).toContain("4 unchanged");
  });

  it("the third reads names and endpoints, and holds no key", async () => {
    await app.mustUp();
    expect(await app.outputs()).toEqual({
      peers: { "web-1": `web-1.${lab.baseDomain}`, "web-2": `web-2.${lab.baseDomain}` },
      endpoints: [`root@web-1.${lab.baseDomain}:22`, `admin@web-2.${lab.baseDomain}:22`],
    });
  });

  it("the state names no folder, and holds the shim that the root program stores for its own hosts", async () => {
    const { deployment } = await network.state();
    const shims = deployment.resources.flatMap(({ inputs }) => inputs?.["__provider"] ?? []);
    expect(shims).toHaveLength(2);
    expect(new Set([...shims, await shimOfRootProgram()]).size).toBe(1);
    const text = JSON.stringify(deployment);
    for (const folder of [SOURCES, installed.folder]) expect(text).not.toContain(folder);
  });

  it("the handlers are those of the installed package: without it, an operation says what to do", async () => {
    const [here, away] = ["node_modules/pulumi-mesh", "pulumi-mesh-away"].map((path) =>
      installed.program(path),
    );
    renameSync(here!, away!);
    try {
      const { code, output } = await network.destroy();
      expect(code).not.toBe(0);
      const folder = installed.program("examples/network");
      expect(output).toContain(`pulumi-mesh cannot be loaded from ${folder}. Run npm install there`);
    } finally {
      renameSync(away!, here!);
    }
    expect((await network.destroy()).code).toBe(0);
    expect(await listNodes(lab)).toEqual([]);
  });
});

/** From the plan of a preview: the engine has seen the real program, and no host was reached. */
async function shimOfRootProgram(): Promise<unknown> {
  await using root = await Stack.create(lab);
  root.configure({ network: headscaleNetwork(lab), hosts: { "web-1": { connection: "local" } } });
  const file = installed.program("plan.json");
  const { code, output } = await root.preview(`--save-plan=${file}`);
  expect({ code, output }).toMatchObject({ code: 0 });
  const goal = z.object({ inputDiff: z.object({ adds: z.record(z.string(), z.unknown()).optional() }) });
  const plan = z.object({ resourcePlans: z.record(z.string(), z.object({ goal })) });
  const { resourcePlans } = plan.parse(JSON.parse(readFileSync(file, "utf8")));
  const [, host] = Object.entries(resourcePlans).find(([urn]) => urn.includes("mesh:Host::"))!;
  return host.goal.inputDiff.adds?.["__provider"];
}

it("a plain script joins a host without Pulumi, and needs no key for a joined one", async () => {
  await freshHosts(lab, "host-1");
  await installClient(lab, "host-1"); // the lab's packages have a key that the example does not know
  const { host, privateKeyPath } = connectionTo(lab, "host-1");
  const run = (key: string) =>
    spawnAndRead(
      process.execPath,
      ["join.ts", "db-1", host, lab.loginServer, lab.baseDomain, privateKeyPath],
      { cwd: installed.program("examples/script"), env: { ...process.env, HS_AUTHKEY: key } },
    );
  const first = await run(await lab.authKey({ tags: ["db"] }));
  expect(first.output).toContain("db-1: joining\n");
  expect(first.output).toMatch(new RegExp(`^db-1\\.${lab.baseDomain}$`, "m"));
  expect((await listNodes(lab)).map(({ name, tags }) => `${name} ${tags.join()}`)).toEqual(["db-1 tag:db"]);
  expect(await run("")).toEqual({ code: 0, output: `db-1.${lab.baseDomain}\n` });
});

it("the network of stagecraft.yml beside Pulumi.yaml is the stack's, unless the stack has one of its own", async () => {
  const program = installed.program("third-party");
  const file = join(program, "stagecraft.yml");
  const network = { provider: "tailscale", providers: { tailscale: { tailnet_domain: "from-file.ts.net" } } };
  writeFileSync(file, YAML.stringify({ network, backend: { other: "tools" } }));
  try {
    await using stack = await Stack.create(lab, { program, project: "third-party" });
    stack.configure({ hosts: { "web-1": { connection: connectionTo(lab, "host-1") } } });
    expect((await stack.preview()).output).toMatch(/web-1: "web-1\.from-file\.ts\.net"/);
    stack.configure({ network: headscaleNetwork(lab) });
    expect((await stack.preview()).output).toContain(`web-1: "web-1.${lab.baseDomain}"`);
  } finally {
    rmSync(file);
  }
});

it("a network provider with the contract's four members works from the program's folder", async () => {
  await using stack = await Stack.create(lab, {
    program: installed.program("third-party"),
    project: "third-party",
  });
  stack.configure({
    network: {
      provider: "lan",
      module: "./my-provider.mjs",
      providers: { lan: { domain: "lan.example.com", default_tags: ["tag:prod"] } },
    },
    hosts: { "web-1": { connection: connectionTo(lab, "host-2", "admin"), tags: ["tag:app"] } },
  });
  expect((await stack.preview()).output).toContain("web-1.lan.example.com");
  const run = await stack.mustUp();
  expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["look", "join"] });
  expect(await onHost(lab, "host-2", "cat", "/etc/lan-node")).toBe("web-1.lan.example.com tag:app tag:prod");
  expect(await stack.outputs()).toEqual({ fqdns: { "web-1": "web-1.lan.example.com" } });
  expect((await stack.up()).trace).toEqual([]);

  const { code, output } = await stack.destroy();
  expect(code).toBe(0);
  expect(output).toContain(
    "warning: web-1 stays joined: the network provider lan cannot take a host out of its mesh",
  );
});
