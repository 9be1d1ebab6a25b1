/** What init asks, and what it writes. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { hostsOf, mistakeIn, type Answers } from "../../../cli/init/answers";
import { ask, complete, type Given } from "../../../cli/init/ask";
import { planFiles } from "../../../cli/init/files";
import { nextSteps } from "../../../cli/init/next";
import { writeFiles } from "../../../cli/init/write";
import { readHostsFile } from "../../../cli/hosts/file";
import { temporaryFolder } from "../../support/temporary-folder";

const HEADSCALE: Answers = {
  ...{
    provider: "headscale",
    loginServer: "https://headscale.example.com",
    tailnetDomain: "mesh.example.com",
  },
  ...{ apiKeyEnv: "HS_APIKEY", tags: ["tag:prod"], hosts: ["web-1=admin@203.0.113.8"], stack: "dev" },
};
const VERSIONS = { "@pulumi/pulumi": "^3.249.0", "pulumi-mesh": "^0.1.0" };
const plan = (more: object = {}) =>
  planFiles({ answers: HEADSCALE, project: "shop", exists: false, versions: VERSIONS, ...more });

describe("a host", () => {
  const connectionOf = (text: string) => Object.values(hostsOf({ hosts: [text] }))[0];

  it("is a name and an address, perhaps with a user and a port", () => {
    expect(hostsOf({ hosts: ["web-1=203.0.113.8"] })).toEqual({
      "web-1": { connection: { host: "203.0.113.8" } },
    });
    expect(connectionOf("a=admin@h.example.com:2222")).toEqual({
      connection: { host: "h.example.com", user: "admin", port: 2222 },
    });
    expect(connectionOf("a=2001:db8::1")).toEqual({ connection: { host: "2001:db8::1" } });
    expect(connectionOf("a=root@[2001:db8::1]:22")).toEqual({
      connection: { host: "2001:db8::1", user: "root", port: 22 },
    });
    expect(connectionOf("a=local")).toEqual({ connection: "local" });
  });

  it.each(["web-1", "web-1=", "=h", "a=b c", "a=@h"])("is not %s", (text) => {
    expect(mistakeIn({ ...HEADSCALE, hosts: [text] })).toContain("a host is written as name=user@address");
  });
});

describe("without a person", () => {
  it("flags do, with defaults for what has some", () => {
    const given: Given = { provider: "tailscale", tailnetDomain: "a.ts.net", hosts: ["web-1=h"] };
    expect(complete(given)).toEqual({ ...given, apiKeyEnv: "TS_APIKEY", tags: [], stack: "dev" });
    expect(complete({ ...given, authKeyEnv: "KEY" })).toMatchObject({
      authKeyEnv: "KEY",
      apiKeyEnv: undefined,
    });
  });

  it("missing ones are named all at once, and wrong ones with what is wrong", () => {
    expect(() => complete({})).toThrow("nobody can be asked here: give --provider, --tailnet-domain, --host");
    expect(() => complete({ provider: "headscale", hosts: ["a=h"] })).toThrow(
      "give --login-server, --tailnet-domain",
    );
    expect(() => complete({ ...HEADSCALE, tags: ["prod"] })).toThrow('tag "prod" must start with "tag:"');
    expect(() => complete({ ...HEADSCALE, provider: "headscal" })).toThrow('did you mean "headscale"?');
    expect(() => complete({ ...HEADSCALE, stack: "../x" })).toThrow("the stack's name");
    expect(() => complete({ ...HEADSCALE, apiKeyEnv: "tskey-api-canary" })).toThrow(
      /api_key_env: must be the name/,
    );
  });
});

describe("with a person", () => {
  /** Types the answers, one after each question; what was shown. */
  async function talk(given: Given, ...lines: string[]): Promise<{ answers: Answers; shown: string }> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = "";
    output.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      if (!/: $/.test(chunk.toString())) return;
      const line = lines.shift();
      if (line === undefined) input.end();
      else input.write(`${line}\n`);
    });
    return { answers: await ask(given, input, output), shown };
  }

  it("asks for all that is needed, and once more after a mistake", async () => {
    const { answers, shown } = await talk(
      {},
      ...["headscal", "headscale", "https://headscale.example.com", "mesh.example.com", "", "tag:prod"],
      ...["web-1", "web-1=admin@203.0.113.8", "", ""],
    );
    expect(answers).toEqual(HEADSCALE);
    expect(shown).toContain('did you mean "headscale"?');
    expect(shown).toContain("a host is written as name=user@address");
  });

  it("asks only for what the flags do not say", async () => {
    const { hosts: _hosts, ...rest } = HEADSCALE;
    const { answers, shown } = await talk(rest, "web-1=admin@203.0.113.8", "db-1=h", "");
    expect(answers).toEqual({ ...HEADSCALE, hosts: ["web-1=admin@203.0.113.8", "db-1=h"] });
    expect(shown).not.toContain("Control server");
  });

  it("takes an auth key in place of the API's", async () => {
    const { apiKeyEnv: _key, ...rest } = HEADSCALE;
    expect((await talk(rest, "none")).answers).toMatchObject({
      authKeyEnv: "HS_AUTHKEY",
      apiKeyEnv: undefined,
    });
  });

  it("writes nothing for one who leaves", async () => {
    await expect(talk({})).rejects.toThrow("the questions were not answered: nothing was written");
  });
});

describe("the files", () => {
  it("are a program, its network and its hosts, which load as a user's would", () => {
    const folder = temporaryFolder("init");
    const { written } = writeFiles(folder, plan(), false);
    expect(written).toEqual([
      "stagecraft.yml",
      "Pulumi.dev.yaml",
      "Pulumi.yaml",
      "index.ts",
      "package.json",
      "tsconfig.json",
    ]);
    const { hosts } = readHostsFile(join(folder, "Pulumi.dev.yaml"));
    expect(hosts).toMatchObject([
      {
        name: "web-1",
        provider: "headscale",
        tags: ["tag:prod"],
        connection: { host: "203.0.113.8", user: "admin" },
      },
    ]);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
      dependencies: VERSIONS,
    });
  });

  it("are never written over without being told to, and then all or none", () => {
    const folder = temporaryFolder("init");
    writeFileSync(join(folder, "index.ts"), "mine");
    expect(() => writeFiles(folder, plan(), false)).toThrow(
      "nothing was written, for there is already: index.ts.",
    );
    expect(readdirSync(folder)).toEqual(["index.ts"]);
    writeFiles(folder, plan(), true);
    expect(readFileSync(join(folder, "index.ts"), "utf8")).toContain("new Mesh");
  });

  it("leave a manifest that is there, and all of a stack's configuration but the hosts", () => {
    const folder = temporaryFolder("init");
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      "encryptionsalt: v1:abc # keep\nconfig:\n  shop:other: 1\n",
    );
    expect(writeFiles(folder, plan(), false).kept).toEqual(["package.json"]);
    expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}");
    const text = readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
    expect(text).toContain("encryptionsalt: v1:abc # keep");
    expect(parse(text)).toMatchObject({ config: { "shop:other": 1, "shop:hosts": { "web-1": {} } } });
    expect(() => writeFiles(folder, plan(), false)).toThrow("the hosts in Pulumi.dev.yaml");
  });

  it("take a section without a value for an empty one, and refuse one that is no section", () => {
    const folder = temporaryFolder("init");
    const path = join(folder, "Pulumi.dev.yaml");
    writeFileSync(path, "config:\n");
    writeFiles(folder, plan(), false);
    expect(parse(readFileSync(path, "utf8"))).toMatchObject({ config: { "shop:hosts": { "web-1": {} } } });
    writeFileSync(path, "config: mine\n");
    expect(() => writeFiles(folder, plan(), true)).toThrow("config in Pulumi.dev.yaml has no keys");
    writeFileSync(path, "config: [\n");
    expect(() => writeFiles(folder, plan(), true)).toThrow("Pulumi.dev.yaml:2:1");
  });

  it("put the network beside what other tools have in stagecraft.yml", () => {
    const folder = temporaryFolder("init");
    const path = join(folder, "stagecraft.yml");
    const others = `# ours\nstages: [a, b] # keep\ntext: ${"long ".repeat(30)}end\n`;
    writeFileSync(path, others);
    writeFiles(folder, plan({ exists: true }), false);
    expect(readFileSync(path, "utf8").startsWith(others.replace("[a, b]", "[ a, b ]"))).toBe(true);
    expect(parse(readFileSync(path, "utf8"))).toMatchObject({ network: { provider: "headscale" } });
    writeFileSync(path, `${others}network: { provider: other }\n`);
    expect(() => writeFiles(folder, plan({ exists: true }), false)).toThrow("the network in stagecraft.yml");
    writeFiles(folder, plan({ exists: true }), true);
    expect(parse(readFileSync(path, "utf8"))).toMatchObject({
      stages: ["a", "b"],
      network: { provider: "headscale" },
    });
  });

  it("are a module for a project that is there, whose program stays", () => {
    const folder = temporaryFolder("init");
    expect(writeFiles(folder, plan({ exists: true }), false).written).toEqual([
      "stagecraft.yml",
      "Pulumi.dev.yaml",
      "mesh.ts",
    ]);
    expect(existsSync(join(folder, "index.ts"))).toBe(false);
    expect(readFileSync(join(folder, "mesh.ts"), "utf8")).toContain("export const mesh = new Mesh");
  });
});

it("the next command is said", () => {
  const commands = (of: Partial<Answers>, exists = false, hasManifest = exists) =>
    nextSteps({ ...HEADSCALE, ...of }, { exists, hasManifest }).map(({ command }) => command);
  expect(commands({})).toEqual([
    "npm install",
    "pulumi stack select --create dev",
    "export HS_APIKEY=...",
    "npx pulumi-mesh doctor --stack dev",
    "pulumi up --stack dev",
  ]);
  expect(commands({}, true).slice(0, 2)).toEqual([
    "npm install pulumi-mesh @pulumi/pulumi",
    'import "./mesh";',
  ]);
  // Without a compiler of its own the SDK takes one of 2020, which knows no such tsconfig.json.
  expect(commands({}, false, true).slice(0, 2)).toEqual([
    "npm install pulumi-mesh @pulumi/pulumi",
    "npm install --save-dev typescript",
  ]);
});
