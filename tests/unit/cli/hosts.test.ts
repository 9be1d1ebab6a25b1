/** Where the hosts of a command come from. */
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { findHosts } from "../../../cli/hosts";
import { readHostsFile } from "../../../cli/hosts/file";
import { readStack } from "../../../cli/hosts/stack";
import { hostsOfState } from "../../../cli/hosts/state";
import { temporaryFolder } from "../../support/temporary-folder";

const TYPE = "pulumi-nodejs:dynamic/mesh:Host";
const URN = `urn:pulumi:prod::shop::pulumi-mesh:index:Mesh$${TYPE}::mesh-web-1`;
const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({
  [SECRET]: "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

const CONFIG = {
  login_server: "https://headscale.demo.lab",
  tailnet_domain: "demo.mesh",
  default_tags: ["tag:prod"],
};
const outputs = {
  name: "web-1",
  provider: "headscale",
  config: CONFIG,
  connection: { host: "203.0.113.8" },
  nodeId: "7",
};

const exported = (...resources: object[]) =>
  JSON.stringify({
    version: 3,
    deployment: { resources: [{ type: "pulumi:pulumi:Stack", urn: "u" }, ...resources] },
  });

describe("a stack's state", () => {
  it("tells its hosts, with the secrets that lead to them", () => {
    const connection = secret({ host: "203.0.113.8", password: "canary-1" });
    const [host, ...others] = hostsOfState(
      exported({ type: TYPE, urn: URN, outputs: { ...outputs, connection } }),
    );
    expect(others).toEqual([]);
    expect(host).toMatchObject({ name: "web-1", nodeId: "7", recorded: true, progressUrn: URN });
    expect(host!.connection).toEqual({ host: "203.0.113.8", password: "canary-1" });
  });

  it("is read as older versions wrote it, and without what is about to be removed", () => {
    const { connection: transport, ...old } = outputs;
    const hosts = hostsOfState(
      exported(
        { type: TYPE, urn: URN, outputs: { ...old, transport } },
        { type: TYPE, urn: URN, outputs, delete: true },
        { type: TYPE, urn: URN },
      ),
    );
    expect(hosts.map(({ connection }) => connection)).toEqual([{ host: "203.0.113.8" }]);
  });

  it("is compared with what was declared, also after a refresh has written down what it found", () => {
    const found = { ...outputs, name: "renamed", tags: [], flags: { ssh: false }, addresses: ["100.64.0.1"] };
    const inputs = {
      name: "web-1",
      tags: ["tag:a"],
      flags: { ssh: true },
      connection: secret(outputs.connection),
    };
    const [host] = hostsOfState(exported({ type: TYPE, urn: URN, inputs, outputs: found }));
    expect(host).toMatchObject({
      name: "web-1",
      tags: ["tag:a"],
      flags: { ssh: true },
      addresses: ["100.64.0.1"],
    });
    expect(host!.connection).toEqual(outputs.connection);
  });

  it("has them in the order of their names, whichever was done first", () => {
    const resources = ["web-10", "web-2", "db-1"].map((name) => ({
      type: TYPE,
      urn: URN,
      outputs: { ...outputs, name },
    }));
    expect(hostsOfState(exported(...resources)).map(({ name }) => name)).toEqual(["db-1", "web-2", "web-10"]);
  });

  it("may have no resource at all", () => {
    expect(hostsOfState('{"version":3,"deployment":{}}')).toEqual([]);
  });

  it.each([
    "",
    "no JSON",
    "{}",
    exported({ type: TYPE, urn: URN, outputs: { name: 7, password: "canary-2" } }),
  ])("that is no state is an error without its text: %#", (text) => {
    const read = () => hostsOfState(text);
    expect(read).toThrow(/^invalid config: the stack's state cannot be read: /);
    expect(read).not.toThrow(/canary/);
  });
});

const FILE = {
  network: { provider: "headscale", providers: { headscale: CONFIG } },
  hosts: { "web-1": { connection: { host: "203.0.113.8" }, tags: ["tag:web"] }, "db-1": null },
};

/** A file of this content, in a folder of its own. */
function fileOf(content: object, name = "hosts.yml"): string {
  const path = join(temporaryFolder("hosts"), name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("a file", () => {
  const names = (path: string) =>
    readHostsFile(path).hosts.map(({ name, tags, recorded }) => ({ name, tags, recorded }));
  const HOSTS = [
    { name: "web-1", tags: ["tag:prod", "tag:web"], recorded: false },
    { name: "db-1", tags: ["tag:prod"], recorded: false },
  ];

  it("has the sections network and hosts, or is a stack's configuration", () => {
    expect(names(fileOf(FILE))).toEqual(HOSTS);
    const config = { "shop:network": FILE.network, "shop:hosts": FILE.hosts };
    expect(names(fileOf({ config }, "Pulumi.prod.yaml"))).toEqual(HOSTS);
  });

  it("has what all hosts share under defaults, and whatever is encrypted there is refused, too", () => {
    const defaults = { connection: { user: "admin" } };
    const inPlace = readHostsFile(fileOf({ ...FILE, defaults }));
    const keys = { "shop:network": FILE.network, "shop:hosts": FILE.hosts, "shop:defaults": defaults };
    const inStack = readHostsFile(fileOf({ config: keys }, "Pulumi.prod.yaml"));
    for (const { hosts } of [inPlace, inStack])
      expect(hosts.map(({ connection }) => connection)).toEqual([
        expect.objectContaining({ user: "admin" }),
        expect.objectContaining({ user: "admin" }),
      ]);
    const encrypted = { ...FILE, defaults: { connection: { password: { secure: "v1:abc" } } } };
    expect(() => readHostsFile(fileOf(encrypted))).toThrow(/holds encrypted values/);
  });

  it("declares that a key shall not expire, which is no time at which it does", () => {
    const path = fileOf({ ...FILE, hosts: { "web-1": { keyExpiry: "disabled" } } });
    const [host] = readHostsFile(path).hosts;
    expect([host!.expiry, host!.keyExpiry]).toEqual(["disabled", undefined]);
  });

  it("leaves the network to stagecraft.yml beside it", () => {
    const path = fileOf({ config: { "shop:hosts": FILE.hosts } });
    writeFileSync(join(path, "../stagecraft.yml"), JSON.stringify({ network: FILE.network }));
    expect(names(path)).toEqual(HOSTS);
  });

  it("that holds what only Pulumi decrypts says so, and mistakes have their path", () => {
    const hosts = { "web-1": { connection: { host: "h", password: { secure: "v1:abc" } } } };
    expect(() => readHostsFile(fileOf({ ...FILE, hosts }))).toThrow(
      /hosts.yml holds encrypted values. Name the stack/,
    );
    expect(() => readHostsFile(fileOf({ ...FILE, hosts: { "web-1": { tag: [] } } }))).toThrow(
      /hosts.web-1: unknown key "tag"; did you mean "tags"\?/,
    );
    expect(() => readHostsFile("/nowhere/hosts.yml")).toThrow(
      /the file with the hosts cannot be read: ENOENT/,
    );
  });
});

describe("a stack's configuration with keys of several namespaces", () => {
  const others = { "app:hosts": "canary-1", "app:network": { canary: 2 } };
  const config = {
    ...others,
    "shop:network": FILE.network,
    "shop:hosts": FILE.hosts,
    "third:network": FILE.network,
  };
  const names = (path: string) => readHostsFile(path).hosts.map(({ name }) => name);

  it("has the hosts under the name of its project", () => {
    const path = fileOf({ config }, "Pulumi.prod.yaml");
    writeFileSync(join(dirname(path), "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    expect(names(path)).toEqual(Object.keys(FILE.hosts));
    writeFileSync(join(dirname(path), "Pulumi.yaml"), "name: third\nruntime: nodejs\n");
    expect(() => names(path)).toThrow(/third:hosts/);
  });

  it("says nothing of whose they are where there is no project: an error, without a value", () => {
    const path = fileOf({ config }, "Pulumi.prod.yaml");
    expect(() => names(path)).toThrow(/has the hosts of several projects: app, shop\./);
    expect(() => names(path)).not.toThrow(/canary/);
  });
});

/** A `pulumi` that answers from files, and writes down how it was called. */
function fakePulumi(answers: Readonly<Record<string, string>>): { cwd: string; env: Record<string, string> } {
  const folder = temporaryFolder("pulumi");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  for (const [command, text] of Object.entries(answers)) writeFileSync(join(folder, command), text);
  const script = `#!/bin/sh\necho "$*" >>'${folder}/calls'\nif [ -e "${folder}/$1" ]; then cat "${folder}/$1"; else echo "error: no stack named 'x' found" >&2; exit 255; fi\n`;
  writeFileSync(join(folder, "pulumi"), script);
  chmodSync(join(folder, "pulumi"), 0o755);
  return { cwd: folder, env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` } };
}

const config = (values: Readonly<Record<string, object>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { value: JSON.stringify(value), secret: false }]),
    ),
  );

describe("a stack", () => {
  it("gives the hosts of its state, and its configuration is not even read", async () => {
    const pulumi = fakePulumi({ stack: exported({ type: TYPE, urn: URN, outputs }) });
    const { from, hosts } = await readStack({ ...pulumi, stack: "prod", withConfiguration: false });
    expect([from, hosts.map(({ name }) => name)]).toEqual(["stack prod", ["web-1"]]);
  });

  it("gives those of its configuration that have not joined yet, where both are asked for", async () => {
    const pulumi = fakePulumi({
      stack: exported({ type: TYPE, urn: URN, outputs }),
      config: config({ "shop:network": FILE.network, "shop:hosts": FILE.hosts, "other:thing": {} }),
    });
    const { from, hosts } = await readStack({ ...pulumi, withConfiguration: true });
    expect(from).toBe("the selected stack");
    expect(hosts.map(({ name, recorded }) => [name, recorded])).toEqual([
      ["web-1", true],
      ["db-1", false],
    ]);
  });

  it("leaves alone what other namespaces hold under the same names", async () => {
    const others = { "app:hosts": { value: "canary-1" }, "app:network": { value: "canary-2", secret: true } };
    const own = JSON.parse(config({ "shop:network": FILE.network, "shop:hosts": FILE.hosts })) as object;
    const answers = { stack: exported(), config: JSON.stringify({ ...others, ...own }) };
    const { hosts } = await readStack({ ...fakePulumi(answers), withConfiguration: true });
    expect(hosts.map(({ name }) => name)).toEqual(["web-1", "db-1"]);
    const without = { stack: exported(), config: JSON.stringify(others) };
    await expect(readStack({ ...fakePulumi(without), withConfiguration: true })).rejects.toThrow(
      "has no hosts",
    );
  });

  it.each(["hosts", "network"])("with no object under %s names the key, and not the value", async (name) => {
    const own = JSON.parse(config({ "shop:network": FILE.network, "shop:hosts": FILE.hosts })) as object;
    for (const value of ["canary", '"canary"']) {
      const answer = JSON.stringify({ ...own, [`shop:${name}`]: { value, secret: true } });
      const pulumi = fakePulumi({ stack: exported(), config: answer });
      const error: unknown = await readStack({ ...pulumi, withConfiguration: true }).catch((e: unknown) => e);
      expect(error).toMatchObject({ kind: "invalid-config" });
      expect(String(error)).toContain(`shop:${name}: expected an object`);
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
    }
  });

  it("whose configuration Pulumi prints in another shape is an error without its text", async () => {
    for (const text of ["canary", '{"shop:hosts":"canary"}']) {
      const pulumi = fakePulumi({ stack: exported(), config: text });
      const error: unknown = await readStack({ ...pulumi, withConfiguration: true }).catch((e: unknown) => e);
      expect(error).toMatchObject({ kind: "invalid-config" });
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
    }
  });

  it("without any host, or that is not there, says what to do", async () => {
    const empty = fakePulumi({ stack: exported(), config: "{}" });
    await expect(readStack({ ...empty, stack: "dev", withConfiguration: false })).rejects.toThrow(
      "stack dev has no hosts, neither in its state nor in its configuration. Run `pulumi up` first",
    );
    await expect(readStack({ ...fakePulumi({}), stack: "x", withConfiguration: false })).rejects.toThrow(
      "`pulumi stack export` failed: no stack named 'x' found. Run it in the folder of Pulumi.yaml",
    );
    const nothing = { cwd: temporaryFolder("empty"), env: { PATH: "/nowhere" } };
    await expect(readStack({ ...nothing, withConfiguration: false })).rejects.toThrow(
      "Pulumi's command line was not found",
    );
  });

  it("and a file at once are one too many", async () => {
    await expect(findHosts({ stack: "prod", file: "hosts.yml" })).rejects.toThrow(
      "give --stack or --file, not both",
    );
  });
});
