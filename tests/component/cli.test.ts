/** The command line in a process of its own: exit codes, streams, what it loads; and a program of init's under Pulumi's mocks. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { runMocked } from "../support/mocked-program";
import { ROOT } from "../support/pages";
import { temporaryFolder } from "../support/temporary-folder";
import { build } from "./support/build";

const MAIN = join(ROOT, "dist/cli/main.js");

/** Nobody watches, and nobody can be asked. */
function run(args: readonly string[], options: { cwd?: string; env?: object; preload?: string } = {}) {
  const { cwd = ROOT, env = {}, preload } = options;
  const argv = [...(preload === undefined ? [] : ["--require", preload]), MAIN, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { code: status, stdout, stderr };
}

const NETWORK = {
  provider: "headscale",
  providers: {
    headscale: { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" },
  },
};
/** Nobody listens there. */
const NOWHERE = {
  host: "127.0.0.1",
  port: 1,
  dialErrorLimit: 0,
  perDialTimeout: 1,
  password: "canary-password",
};

function hostsFile(): string {
  const path = join(temporaryFolder("cli"), "hosts.yml");
  writeFileSync(path, JSON.stringify({ network: NETWORK, hosts: { "web-1": { connection: NOWHERE } } }));
  return path;
}

beforeAll(build);

describe("exit codes", () => {
  it.each([
    [["--help"], 0],
    [["status", "--help"], 0],
    [["--version"], 0],
    [[], 2],
    [["statsu"], 2],
    [["status", "--nonsense"], 2],
    [["status", "extra"], 2],
    [["status", "--stack", "a", "--file", "b"], 2],
    [["doctor", "--file", "nowhere.yml"], 2],
    [["init"], 2],
  ])("%j is %i", (args, code) => {
    const cwd = temporaryFolder("cli");
    expect(run(args, { cwd }).code).toBe(code);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(["status", "doctor", "report"])(
    "%s is 1 where a host is wrong, and its first line is the verdict",
    (command) => {
      const { code, stdout } = run([command, "--file", hostsFile()], { cwd: temporaryFolder("cli") });
      expect(code).toBe(1);
      expect(stdout.split("\n")[0]).toMatch(/^1 of 1 host is not (as declared|ready): web-1/);
    },
  );
});

describe("output", () => {
  it.each(["status", "doctor", "report"])(
    "of %s has no colour where nobody watches, and no secret",
    (command) => {
      const cwd = temporaryFolder("cli");
      const { stdout, stderr } = run([command, "--file", hostsFile()], { cwd });
      const page = command === "report" ? readFileSync(join(cwd, "mesh-report.html"), "utf8") : "";
      expect(`${stdout}${stderr}`).not.toContain("\u001b");
      expect(`${stdout}${stderr}${page}`).not.toContain("canary");
      expect(stderr).toMatch(/^web-1: (out of reach|1 fault: ssh)\n$/);
    },
  );

  it.each(["status", "doctor", "report"])("of %s --json is one object, and nothing else", (command) => {
    const { stdout, stderr } = run([command, "--json", "--file", hostsFile()], {
      cwd: temporaryFolder("cli"),
    });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, verdict: expect.stringContaining("web-1") });
    expect(`${stdout}${stderr}`).not.toContain("canary");
    expect(stderr).toBe("");
  });

  it("of an error is one with --json, too", () => {
    const { stdout, stderr } = run(["status", "--json", "--file", "nowhere.yml"]);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { kind: "invalid-config", remedy: "Correct --file." },
    });
    expect(stderr).toContain("the file with the hosts cannot be read");
  });
});

it.each<[string[], RegExp]>([
  [["status", "--json", "--bogus"], /^unknown option '--bogus'$/],
  [["doctor", "extra", "--json"], /^too many arguments/],
  [["report", "--json", "--stack"], /^option '-s, --stack <name>' argument missing$/],
  [["statsu", "--json"], /^unknown command 'statsu'/],
  [["status", "--json", "--stack", "a", "--file", "b"], /^give --stack or --file, not both/],
])("a call that is wrong is one object with --json, too: %j", (args, message) => {
  const { code, stdout, stderr } = run(args);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    error: { kind: "usage", message: expect.stringMatching(message) },
  });
  expect(stderr).not.toBe("");
});

/** Writes, at the end, which files of Pulumi's were loaded. */
const LOADED = `process.on("exit", () => require("node:fs").writeFileSync(process.env.LOADED_FILE,
  JSON.stringify(Object.keys(require.cache).filter((file) => /node_modules.@pulumi/.test(file)))));`;

describe("Pulumi", () => {
  it.each([["status"], ["doctor"], ["report"]])("is not loaded, nor asked, by %s of a file", (command) => {
    const cwd = temporaryFolder("cli");
    const preload = join(cwd, "loaded.cjs");
    writeFileSync(preload, LOADED);
    const env = { LOADED_FILE: join(cwd, "loaded.json"), PATH: "/nowhere" };
    expect(run([command, "--file", hostsFile()], { cwd, preload, env }).code).toBe(1);
    expect(JSON.parse(readFileSync(env.LOADED_FILE, "utf8"))).toEqual([]);
  });

  it("is asked for a stack: without its command line there is an error that says so", () => {
    const { code, stderr } = run(["status", "--stack", "prod"], { env: { PATH: "/nowhere" } });
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "Pulumi's command line was not found. Put `pulumi` on PATH",
    );
  });
});

describe("init", () => {
  const FLAGS = [
    ...["init", "--provider", "headscale", "--login-server", "https://headscale.example.com"],
    ...["--tailnet-domain", "mesh.example.com", "--tag", "tag:prod", "--host", "web-1=admin@203.0.113.8"],
    ...["--host", "db-1=203.0.113.7"],
  ];

  it("writes a program that runs, and declares the hosts", async () => {
    const cwd = join(temporaryFolder("init"), "my-shop");
    mkdirSync(cwd);
    expect(run(FLAGS, { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("npx pulumi-mesh doctor"),
    });
    symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
    mkdirSync(join(cwd, "..", "node_modules"));
    symlinkSync(ROOT, join(cwd, "..", "node_modules/pulumi-mesh"));
    const { config } = parse(readFileSync(join(cwd, "Pulumi.dev.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const before = process.cwd();
    process.chdir(cwd);
    try {
      const { registered, exported } = await runMocked({
        file: join(cwd, "index.ts"),
        project: "my-shop",
        config: { hosts: config["my-shop:hosts"] },
        references: {},
        outputs: () => ({}),
      });
      expect(registered.map(({ name }) => name).sort()).toEqual(["mesh", "mesh-db-1", "mesh-web-1"]);
      expect(exported).toEqual({
        fqdns: { "web-1": "web-1.mesh.example.com", "db-1": "db-1.mesh.example.com" },
      });
    } finally {
      process.chdir(before);
    }
  });

  it("writes nothing over what is there, and tells a project of another language, or above", () => {
    const cwd = temporaryFolder("init");
    writeFileSync(join(cwd, "stagecraft.yml"), "mine");
    expect(run(FLAGS, { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining("stagecraft.yml") });
    expect(readFileSync(join(cwd, "stagecraft.yml"), "utf8")).toBe("mine");
    writeFileSync(join(cwd, "Pulumi.yaml"), "name: p\nruntime: python\n");
    expect(run(FLAGS, { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining("runs on python") });
    mkdirSync(join(cwd, "below"));
    expect(run(FLAGS, { cwd: join(cwd, "below") })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("run this there"),
    });
    expect(existsSync(join(cwd, "index.ts"))).toBe(false);
  });
});
