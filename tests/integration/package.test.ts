/** The package as published, installed far from its sources: the examples, a plain script, a network provider of one's own. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import YAML from "yaml";
import { z } from "zod";
import type { Lab } from "../../lab";
import { findCommandPlugin, NO_PLUGIN } from "./support/command-plugin";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { installClient } from "./support/install";
import { headscaleNetwork } from "./support/network";
import { Installation } from "./support/package";
import { roundTrips, spawnAndRead, Stack } from "./support/stack";
import { byName, NODE_NAMES, ThreeStacks } from "./support/three-stacks";

const SOURCES = join(__dirname, "../..");

let lab: Lab;
let installed: Installation;

beforeAll(async () => {
  lab = await mustLab();
  [installed] = await Promise.all([Installation.create(), freshHosts(lab, "host-1", "host-2", "host-3")]);
});
afterAll(() => installed[Symbol.dispose]());

describe("three stacks that hand hosts to each other", () => {
  let stacks: ThreeStacks;
  beforeAll(async () => void (stacks = await ThreeStacks.create(lab, installed)));
  afterAll(() => stacks[Symbol.asyncDispose]());

  it("the first outputs how to reach its servers", async () => {
    await stacks.servers.mustUp();
    expect((await stacks.servers.outputs())["connections"]).toEqual(
      byName((name) => ({ host: stacks.addressOf(name), user: stacks.userOf(name) })),
    );
  });

  it("the second joins them, and outputs both connections to each, and its node's name and id", async () => {
    await stacks.join();
    const nodes = await listNodes(lab);
    expect(nodes.map(({ name, tags }) => `${name} ${tags.join()}`)).toEqual(
      NODE_NAMES.map((name) => `${name} tag:app`),
    );
    const over = (host: string, user: string) => ({
      host,
      user,
      privateKey: readFileSync(lab.identityFile, "utf8"),
      hostKey: expect.stringMatching(/^ssh-ed25519 \S+$/),
    });
    expect(await stacks.network.outputs()).toEqual({
      fqdns: byName((name) => stacks.fqdnOf(name)),
      nodeIds: byName((name) => nodes.find((node) => node.name === name)!.id),
      connections: byName((name) => over(stacks.addressOf(name), stacks.userOf(name))),
      meshConnections: byName((name) => over(stacks.fqdnOf(name), stacks.userOf(name))),
    });
  });

  it("the second changes nothing the next time, opens no connection, and needs no key", async () => {
    const { code, output, trace } = await stacks.network.up();
    expect({ code, trace }).toEqual({ code: 0, trace: [] });
    expect(output).toContain("5 unchanged");
  });

  it("the third would connect by what the second hands over (under mocks)", async () => {
    const { connections } = (await stacks.network.outputs()) as { connections: Record<string, object> };
    const registered = await stacks.mockApp();
    expect(registered.map(({ name, inputs }) => [name, inputs["connection"]])).toEqual([
      ["web-1-asks-db-1", expect.objectContaining(connections["web-1"]!)],
      ["web-2-asks-db-1", expect.objectContaining(connections["web-2"]!)],
    ]);
  });

  const [withPlugin, why] = findCommandPlugin() === undefined ? [it.skip, ` ${NO_PLUGIN}`] : [it, ""];

  withPlugin(
    `the third runs its commands: each web host hears the db host through the mesh${why}`,
    async () => {
      const { app } = stacks;
      const { output } = await app.mustUp();
      const answer = await stacks.answer();
      expect(await app.outputs()).toEqual({
        peers: byName((name) => stacks.fqdnOf(name)),
        answers: [answer, answer],
      });
      expect((await app.up()).output).toContain("3 unchanged");
      const key = readFileSync(lab.identityFile, "utf8").split("\n")[1]!;
      for (const text of [output, JSON.stringify(await app.state())]) expect(text).not.toContain(key);
    },
  );

  withPlugin(`the third runs them again when a node was replaced${why}`, async () => {
    const { app, network } = stacks;
    const db = (await listNodes(lab)).find(({ name }) => name === "db-1")!;
    await lab.headscale(["nodes", "delete", "--identifier", db.id, "--force"]);
    await network.refresh();
    await stacks.join();
    expect((await app.mustUp()).output).toContain("2 replaced");
    const answer = await stacks.answer();
    expect((await app.outputs())["answers"]).toEqual([answer, answer]);
    expect((await app.destroy()).code).toBe(0);
  });

  it("the third is served by a plugin on PATH, also in the lab's environment", async () => {
    const folder = installed.program("plugin");
    const program = join(folder, "pulumi-resource-command");
    mkdirSync(folder);
    writeFileSync(program, `#!/bin/sh\necho "started $0" > ${folder}/log\nexit 1\n`, { mode: 0o755 });
    const before = process.env["PATH"];
    process.env["PATH"] = `${folder}:${before}`;
    try {
      stacks.app.env["PATH"] = lab.env["PATH"]!;
      await stacks.app.preview();
    } finally {
      process.env["PATH"] = before;
    }
    expect(readFileSync(join(folder, "log"), "utf8")).toBe(`started ${program}\n`);
  });

  it("the state names no folder, and holds the shim that the root program stores for its own hosts", async () => {
    const { deployment } = await stacks.network.state();
    const shims = deployment.resources.flatMap(({ inputs }) => inputs?.["__provider"] ?? []);
    expect(shims).toHaveLength(3);
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
      const { code, output } = await stacks.network.destroy();
      expect(code).not.toBe(0);
      const folder = installed.program("examples/network");
      expect(output).toContain("Cannot find module 'pulumi-mesh/handlers'");
      expect(output).toContain(`${folder}/package.json: npm install pulumi-mesh there`);
    } finally {
      renameSync(away!, here!);
    }
    expect((await stacks.network.destroy()).code).toBe(0);
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

it("the package loads nothing of @pulumi/command, which may be missing", async () => {
  const { exports } = z
    .object({ exports: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(SOURCES, "package.json"), "utf8")));
  const script = `
    for (const name of ${JSON.stringify(Object.keys(exports))}) require("pulumi-mesh" + name.slice(1));
    const count = (part) => Object.keys(require.cache).filter((file) => file.includes(part)).length;
    console.log(count("/@pulumi/command/"), count("/@pulumi/pulumi/") > 0);
    require("@pulumi/command");
    console.log(count("/@pulumi/command/") > 0);`;
  const cwd = installed.program("examples/app");
  const { output } = await spawnAndRead(process.execPath, ["-e", script], { cwd, env: process.env });
  expect(output).toBe("0 true\ntrue\n");
});

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
