/** Servers that only the system's own ssh reaches, or that ssh2 reaches as well: real sshd, real ssh. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connect, type ConnectOptions, type SshConnection } from "../../transport";
import { connectionTo, freshHosts, mustLab } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack } from "./support/stack";
import { eventually } from "../support/eventually";

let lab: Lab;
let scratch: string;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-ssh-"));
  // ssh asks the system where home is, not the environment.
  mkdirSync(join(scratch, "bin"));
  const program = join(scratch, "bin/ssh");
  const real = execFileSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).trim();
  writeFileSync(program, `#!/bin/sh\nexec ${real} -F ${scratch}/config "$@"\n`);
  chmodSync(program, 0o755);
  env = { ...process.env, SSH_AUTH_SOCK: undefined, PATH: `${scratch}/bin:${process.env["PATH"]}` };
});
beforeEach(() => writeFileSync(join(scratch, "config"), ""));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const addressOf = (name: string) => lab.host(name).address;

/** Standard output of a command over a fresh session. */
async function run(connection: SshConnection, options: Partial<ConnectOptions> = {}): Promise<string> {
  const all = { host: "web-1", knownHostsFiles: [], env, ...options };
  await using session = await connect({ dialErrorLimit: 0, ...connection }, all);
  const { stdout } = await session.exec(["id", "-un"], { label: "id", asRoot: true });
  return stdout.trim();
}

/** Runs `work` while host-1's sshd has these settings. */
async function withSshd(settings: string, work: () => Promise<void>): Promise<void> {
  const file = "/etc/ssh/sshd_config.d/00-test.conf";
  const restart = "systemctl reset-failed ssh; systemctl restart ssh";
  const { code, stderr } = await lab.exec("host-1", [
    "sh",
    "-c",
    `printf '%s\\n' '${settings}' >${file} && sshd -t && ${restart}`,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  try {
    await work();
  } finally {
    await lab.exec("host-1", ["sh", "-c", `rm ${file}; ${restart}`]);
  }
}

const makeKey = (name: string, type: string) => {
  const path = join(scratch, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path]);
  return path;
};

/** With an agent that holds the key. */
async function withAgent(key: string, work: (socket: string) => Promise<void>): Promise<void> {
  const socket = join(scratch, "agent");
  const started = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
  try {
    execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    await work(socket);
  } finally {
    process.kill(Number(/AGENT_PID=(\d+)/.exec(started)![1]));
    rmSync(socket, { force: true });
  }
}

describe("the system's own ssh reaches a host", () => {
  it("by an alias, over two jumps", async () => {
    const known = join(scratch, "known");
    writeFileSync(
      known,
      execFileSync("sh", ["-c", `ssh-keyscan ${addressOf("host-1")} ${addressOf("host-2")} 2>/dev/null`]),
    );
    const hop = (alias: string, name: string, rest = "") =>
      `Host ${alias}\n  HostName ${addressOf(name)}\n  IdentityFile ${lab.identityFile}\n  UserKnownHostsFile ${known}\n  ${rest}\n`;
    const hops = [
      hop("gate", "host-2", "User admin"),
      hop("inner", "host-1", "User admin\n  ProxyJump gate"),
      hop("web", "host-2", "User root\n  ProxyJump inner"),
    ];
    writeFileSync(join(scratch, "config"), hops.join(""));
    expect(
      await run({ client: "openssh", host: "web" }, { knownHostsFiles: undefined, hostKeyPolicy: "strict" }),
    ).toBe("root");
  });

  it("by a ProxyCommand", async () => {
    const command = `ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i ${lab.identityFile} -W %h:%p root@${addressOf("host-2")}`;
    writeFileSync(
      join(scratch, "config"),
      `Host web\n  HostName ${addressOf("host-1")}\n  User admin\n  IdentityFile ${lab.identityFile}\n  ProxyCommand ${command}\n`,
    );
    expect(await run({ client: "openssh", host: "web" })).toBe("root");
  });

  it("with a certificate of an authority that it trusts; ssh2 says that it has none", async () => {
    const [ca, key] = [makeKey("ca", "ed25519"), makeKey("user", "ed25519")];
    execFileSync("ssh-keygen", ["-q", "-s", ca, "-I", "me", "-n", "root", `${key}.pub`]);
    await lab.exec("host-1", [
      "sh",
      "-c",
      `echo '${readFileSync(`${ca}.pub`, "utf8").trim()}' >/etc/ssh/user-ca.pub`,
    ]);
    await withSshd("TrustedUserCAKeys /etc/ssh/user-ca.pub", async () => {
      const connection = { host: addressOf("host-1"), user: "root", privateKeyPath: key };
      expect(await run({ ...connection, client: "openssh" })).toBe("root");
      await expect(run(connection)).rejects.toMatchObject({
        kind: "authentication-failed",
        detail: expect.stringContaining("-cert.pub was not shown: this client has no certificates"),
        remedy: expect.stringContaining('client to "openssh"'),
      });
    });
  });

  it("with a key exchange that ssh2 does not have, and ssh2 says which", async () => {
    await withSshd("KexAlgorithms sntrup761x25519-sha512@openssh.com", async () => {
      expect(await run({ ...connectionTo(lab, "host-1"), client: "openssh" })).toBe("root");
      await expect(run(connectionTo(lab, "host-1"))).rejects.toMatchObject({
        kind: "host-unreachable",
        detail: expect.stringMatching(/no key exchange algorithm in common: the host offers sntrup761/),
        remedy: expect.stringContaining('client to "openssh"'),
      });
    });
  });

  it("with an RSA key where only rsa-sha2-512 will do, and so does ssh2", async () => {
    const key = makeKey("rsa", "rsa");
    await lab.exec("host-1", [
      "sh",
      "-c",
      `echo '${readFileSync(`${key}.pub`, "utf8").trim()}' >>/root/.ssh/authorized_keys`,
    ]);
    await withSshd("PubkeyAcceptedAlgorithms rsa-sha2-512", async () => {
      const connection = { host: addressOf("host-1"), user: "root", privateKeyPath: key };
      expect(await run({ ...connection, client: "openssh" })).toBe("root");
      expect(await run(connection)).toBe("root");
      await withAgent(key, async (agentSocketPath) => {
        expect(await run({ host: connection.host, user: "root", agentSocketPath })).toBe("root");
      });
    });
  });

  it("whose key an authority in known_hosts has signed; ssh2 does not pin what it cannot check", async () => {
    const [ca, host] = [makeKey("host-ca", "ed25519"), join(scratch, "host.pub")];
    writeFileSync(host, (await lab.exec("host-1", ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"])).stdout);
    execFileSync("ssh-keygen", ["-q", "-s", ca, "-I", "host-1", "-h", "-n", addressOf("host-1"), host]);
    const certificate = readFileSync(join(scratch, "host-cert.pub"), "utf8").trim();
    await lab.exec("host-1", ["sh", "-c", `echo '${certificate}' >/etc/ssh/host-cert.pub`]);
    const known = join(scratch, "authority");
    writeFileSync(known, `@cert-authority * ${readFileSync(`${ca}.pub`, "utf8")}`);
    const strict = { knownHostsFiles: [known], hostKeyPolicy: "strict" } as const;
    const openssh = { ...connectionTo(lab, "host-1"), client: "openssh" } as const;
    await expect(run(openssh, strict)).rejects.toMatchObject({ kind: "host-key-mismatch" });
    await withSshd("HostCertificate /etc/ssh/host-cert.pub", async () => {
      expect(await run(openssh, strict)).toBe("root");
      await expect(run(connectionTo(lab, "host-1"), { knownHostsFiles: [known] })).rejects.toMatchObject({
        kind: "host-key-mismatch",
        detail: expect.stringContaining("trusts who signs it, and this client cannot check that"),
      });
    });
  });

  it("whose key it then enforces", async () => {
    const connection: SshConnection = { ...connectionTo(lab, "host-1"), client: "openssh" };
    await using first = await connect(connection, { host: "web-1", knownHostsFiles: [], env });
    expect(first.hostKey).toMatch(/^ssh-ed25519 /);
    expect(await run(connection, { pinnedHostKey: first.hostKey })).toBe("root");
    const other: SshConnection = { ...connectionTo(lab, "host-2"), client: "openssh" };
    await expect(run(other, { pinnedHostKey: first.hostKey })).rejects.toMatchObject({
      kind: "host-key-mismatch",
    });
  });
});

it("the ssh that holds a connection ends with a program that is killed", async () => {
  const connection = JSON.stringify({ ...connectionTo(lab, "host-1"), client: "openssh" });
  const program = `require("./dist/transport").connect(${connection}, { host: "web-1" })
    .then(() => { console.log("up"); setInterval(() => undefined, 1_000); });`;
  const child = spawn(process.execPath, ["-e", program], { env: { ...env, TMPDIR: scratch } });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  const holding = () => spawnSync("pgrep", ["-f", `ssh .*-S ${scratch}/mesh-`], { encoding: "utf8" }).stdout;
  expect(holding()).not.toBe("");
  child.kill("SIGKILL");
  await ended;
  await eventually(() => expect(holding()).toBe(""), { timeout: 5_000 });
});

describe("a login that a real sshd refuses", () => {
  it("is told when the agent has too many keys", async () => {
    await withSshd("MaxAuthTries 1", async () => {
      const key = makeKey("unknown", "ed25519");
      const connection = { host: addressOf("host-1"), user: "root" };
      await withAgent(key, async (agentSocketPath) => {
        await expect(run({ ...connection, agentSocketPath })).rejects.toMatchObject({
          kind: "authentication-failed",
          detail: expect.stringContaining("too many authentication failures (agent)"),
        });
      });
    });
  });

  it("is told once, in the host's words, when the account or its password has expired", async () => {
    const setUp =
      "for user in gone stale; do useradd -m -s /bin/bash $user; mkdir -p /home/$user/.ssh; cp /root/.ssh/authorized_keys /home/$user/.ssh/; chown -R $user: /home/$user; echo $user:x1y2z3x1y2z3 | chpasswd; done; chage -E 1 gone; chage -d 0 stale";
    await lab.exec("host-1", ["bash", "-c", setUp]);
    for (const client of ["ssh2", "openssh"] as const) {
      const as = (user: string) => run({ ...connectionTo(lab, "host-1", user), client, dialErrorLimit: 5 });
      await expect(as("gone")).rejects.toMatchObject({
        kind: "authentication-failed",
        detail: expect.stringContaining("account has expired"),
      });
      await expect(as("stale")).rejects.toMatchObject({
        kind: "not-permitted",
        detail: expect.stringContaining("Password change required"),
        remedy: expect.stringContaining("Set a new password"),
      });
    }
  });
});

it("a host joins by the system's own ssh, and costs one connection and one exec when it is right", async () => {
  const stack = await Stack.create(lab, {
    env: { MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }) },
  });
  try {
    const connection = { ...connectionTo(lab, "host-2"), client: "openssh" };
    stack.configure({ network: headscaleNetwork(lab), hosts: { "web-1": { connection } } });
    const joined = await stack.mustUp();
    expect(roundTrips(joined, "web-1").connections).toBe(1);
    const run = await stack.refresh();
    expect(roundTrips(run, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
    expect((await stack.up()).trace).toEqual([]);
  } finally {
    await stack.destroy();
    await stack[Symbol.asyncDispose]();
  }
});
