/** What users see when something is wrong: one error with kind, host, cause and remedy, and a host left as it was. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { clearTailnet, connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork, installBlock } from "./support/network";
import { Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
});
beforeEach(async () => {
  stack = await Stack.create(lab, {
    env: { MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }) },
  });
  stack.configure({
    network: headscaleNetwork(lab),
    hosts: { "web-1": { connection: connectionTo(lab, "host-1") } },
  });
});
afterEach(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
  await clearTailnet(lab);
});

const mustFail = async () => {
  const { code, output } = await stack.up();
  expect(code).not.toBe(0);
  return output;
};
const backendState = (host: string) =>
  onHost(lab, host, "sh", "-c", "tailscale status --json | grep BackendState");

describe("a host that fails", () => {
  const joined = (trace: Awaited<ReturnType<Stack["up"]>>["trace"]) =>
    trace.filter(({ label }) => label === "login").map(({ host }) => host);
  const refused = (name: string) => ({ connection: { ...connectionTo(lab, name), user: "nobody-here" } });
  /** The hosts that an attempt was made with. */
  const begun = (output: string) => [
    ...new Set([...output.matchAll(/(web-\d): authentication failed/g)].map(([, host]) => host)),
  ];

  it("keeps the engine from beginning others, which --continue-on-error does not", async () => {
    stack.configure({ hosts: { "web-1": refused("host-1"), "web-2": refused("host-2") } });
    const stopped = await stack.up("--parallel", "1");
    expect(stopped.code).not.toBe(0);
    expect(begun(stopped.output)).toHaveLength(1);

    const going = await stack.up("--parallel", "1", "--continue-on-error");
    expect(going.code).not.toBe(0);
    expect(begun(going.output)).toHaveLength(2);
  });

  it("does not stop those that have begun", async () => {
    stack.configure({
      hosts: { "web-1": refused("host-1"), "web-2": { connection: connectionTo(lab, "host-2") } },
    });
    const run = await stack.up();
    expect(run.code).not.toBe(0);
    expect(joined(run.trace)).toEqual(["web-2"]);
  });
});

describe("at preview, before anything remote", () => {
  it("every mistake in the configuration is named with its path", async () => {
    stack.configure({
      network: headscaleNetwork(lab, { install: { method: "atuo" } }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["prod"] }, Web2: {} },
    });
    const { code, output, trace } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      'pulumi-mesh:hosts.web-1.tags[0]: tag "prod" must start with "tag:"; write "tag:prod"',
    );
    expect(output).toContain('hostname "Web2" must be in lower case; write "web2"');
    expect(trace).toEqual([]);
  });

  it("the network provider refuses its own block, and flags that no client knows", async () => {
    stack.configure({
      network: headscaleNetwork(lab, { auth_key_evn: "X" }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-1"), flags: { "acept-routes": true } } },
    });
    const { code, output, trace } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      'network.providers.headscale: unknown key "auth_key_evn"; did you mean "auth_key_env"?',
    );
    expect(output).toContain('unknown flag "acept-routes"; did you mean "accept-routes"?');
    expect(trace).toEqual([]);
  });

  it("a role that role_tags does not have is refused, since a typo would drop a tag", async () => {
    stack.configure({
      network: headscaleNetwork(lab, { role_tags: { db: ["tag:db"] } }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-1"), roles: ["dbb"] } },
    });
    const { code, output, trace } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain('hosts.web-1.roles[0]: "dbb" is not in role_tags; did you mean "db"?');
    expect(trace).toEqual([]);
  });

  it("without any configuration it says what to set, with an example of both parts", async () => {
    stack.configure({ network: undefined, hosts: undefined });
    const { output } = await stack.preview();
    expect(output).toMatch(/Write into stagecraft.yml:\n[^]*provider: tailscale/);
    expect(output).toMatch(/pulumi-mesh:hosts:\n[^]*web-1:/);
    expect(output).not.toMatch(/at .*\.js:\d+/);
  });
});

describe("a host", () => {
  it("that cannot be reached", async () => {
    const connection = { ...connectionTo(lab, "host-1"), port: 2222, dialErrorLimit: 1 };
    stack.configure({ hosts: { "web-1": { connection } } });
    expect(await mustFail()).toMatch(
      /web-1: host unreachable: .*connection refused.*See whether the host is up/,
    );
  });

  it("whose user may not become root", async () => {
    stack.configure({ hosts: { "web-1": { connection: connectionTo(lab, "host-1", "ops") } } });
    expect(await mustFail()).toMatch(/web-1: not permitted: sudo asks ops for a password.*NOPASSWD/);
  });

  it("with a system that has no way to install, until somebody installs it", async () => {
    await lab.resetHost("host-2"); // it was joined above
    await lab.exec("host-2", [
      "sh",
      "-c",
      "cp /etc/os-release /tmp/o; sed -i s/^ID=.*/ID=nixos/ /etc/os-release",
    ]);
    stack.configure({ hosts: { "web-1": { connection: connectionTo(lab, "host-2") } } });
    expect(await mustFail()).toMatch(/web-1: unsupported os: no way to install.*set install.method to skip/);
    await lab.exec("host-2", ["sh", "-c", "cat /tmp/o > /etc/os-release"]);
  });

  it("that has no client, with install.method skip", async () => {
    stack.configure({
      network: headscaleNetwork(lab, { install: { method: "skip" } }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-2") } },
    });
    expect(await mustFail()).toMatch(
      /web-1: install failed: the tailscale client is not on PATH, and install.method is skip/,
    );
  });

  it("whose repository has no client that is new enough", async () => {
    stack.configure({
      network: headscaleNetwork(lab, { install: installBlock(lab, { min_version: "9.9.9" }) }),
    });
    expect(await mustFail()).toMatch(
      /web-1: install failed: .*the newest version there, 1\.\d+\.\d+, is below 9\.9\.9\. .*install\.min_version/,
    );
  });

  it("that is in another tailnet is left there", async () => {
    await stack.mustUp();
    const other = await Stack.create(lab, { env: stack.env });
    other.configure({
      network: headscaleNetwork(lab, { tailnet_domain: "other.example.com" }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-1") } },
    });
    const { code, output } = await other.up();
    await other[Symbol.asyncDispose]();
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: wrong tailnet: .*expected tailnet other.example.com, found \S+\.mesh/);
    expect(await backendState("host-1")).toContain("Running");
  });

  it("whose name another node holds never becomes a silent web-1-1", async () => {
    await stack.mustUp();
    const other = await Stack.create(lab, { env: { ...stack.env, MESH_API: await lab.apiKey() } });
    other.configure({
      network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
      hosts: { "web-1": { connection: connectionTo(lab, "host-2") } },
    });
    const { code, output } = await other.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/web-1: name taken: .*name is not unique: web-1/);
    expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["web-1"]);
    expect(await backendState("host-2")).toContain("NeedsLogin");
    await other.destroy();
    await other[Symbol.asyncDispose]();
  });

  it("that was rebuilt at the same address is not talked to: the pinned host key has changed", async () => {
    await stack.mustUp();
    await lab.resetHost("host-1");
    stack.configure({
      hosts: { "web-1": { connection: connectionTo(lab, "host-1"), flags: { ssh: true } } },
    });
    const output = await mustFail();
    expect(output).toMatch(/web-1: host key mismatch: .*SHA256:\S+.*SHA256:\S+/);
    expect(output).toMatch(/hostKey to "ssh-ed25519 \S+"/);
  });

  it("that boots for a minute is waited for when it is created", async () => {
    await lab.exec("host-1", [
      "sh",
      "-c",
      "systemctl stop ssh.socket ssh; (sleep 60; systemctl start ssh) &",
    ]);
    const { code, output } = await stack.up();
    expect(output).toMatch(/joined as web-1/);
    expect(code).toBe(0);
  });

  it("behind a jump host that was rebuilt is not talked to either: the jump host's key is pinned, too", async () => {
    const connection = { ...connectionTo(lab, "host-1"), proxy: connectionTo(lab, "host-2") };
    stack.configure({ hosts: { "web-1": { connection } } });
    await stack.mustUp();
    await lab.resetHost("host-2");
    stack.configure({ hosts: { "web-1": { connection, flags: { ssh: true } } } });
    expect(await mustFail()).toMatch(
      /web-1: host key mismatch: jump host \S+: the key pinned .*hostKey of the connection's proxy to "ssh-/,
    );
    stack.configure({ hosts: { "web-1": { connection } } });
  });
});
