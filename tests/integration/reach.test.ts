/** Ways to reach a host: users, login shells, locales, proxies, this machine; all with the real probe. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { createContext, get } from "../../providers";
import { connect, type Connection, type ConnectOptions } from "../../transport";
import { connectionTo, freshHosts, mustLab } from "./support/lab";

let lab: Lab;
let scratch: string;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-reach-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const config = () => ({ login_server: lab.loginServer, tailnet_domain: lab.baseDomain });
const open = (connection: Connection, options: Partial<ConnectOptions> = {}) =>
  connect(connection, { host: "web-1", knownHostsFiles: [], ...options });

/** Reads the node through a connection: all that can be told of a host without the client is that it has none. */
async function probe(connection: Connection, options: Partial<ConnectOptions> = {}): Promise<string> {
  await using session = await open(connection, options);
  const node = await get("headscale").inspect!(createContext(session), {
    config: config(),
    host: "web-1",
    tags: [],
  });
  expect(node).toEqual({ drift: ["the tailscale client is not on PATH"] });
  const { stdout } = await session.exec(["id", "-un"], { label: "id", asRoot: true });
  return stdout.trim();
}

/** A user who may run sudo, with a login shell and rc files of our choice. */
async function addUser(name: string, shell: string, files: Record<string, string> = {}): Promise<Connection> {
  const writes = Object.entries(files).map(
    ([path, text]) => `mkdir -p "$(dirname ~${name}/${path})"; printf '%s' '${text}' > ~${name}/${path}`,
  );
  const script = [
    `useradd -m -s ${shell} ${name}`,
    `mkdir -p ~${name}/.ssh`,
    `cp /root/.ssh/authorized_keys ~${name}/.ssh/`,
    `echo '${name} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${name}`,
    ...writes,
    `chown -R ${name}: ~${name}`,
  ].join("\n");
  const { code, stderr } = await lab.exec("host-1", ["bash", "-ec", script]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return connectionTo(lab, "host-1", name);
}

describe("a host is probed as root through", () => {
  it("root, and a user with sudo", async () => {
    expect(await probe(connectionTo(lab, "host-1"))).toBe("root");
    expect(await probe(connectionTo(lab, "host-1", "admin"))).toBe("root");
  });

  it("a password, for the login and for sudo", async () => {
    const { host } = connectionTo(lab, "host-1");
    expect(await probe({ host, user: "ops", password: (await lab.opsPassword()).trim() })).toBe("root");
  });

  it.each([
    ["fish", "/usr/bin/fish", { ".config/fish/config.fish": "echo noise; echo more >&2" }],
    ["tcsh", "/usr/bin/tcsh", { ".cshrc": "echo noise" }],
    [
      "a noisy bash without sbin in its PATH, in German",
      "/bin/bash",
      { ".bashrc": "echo noise; export PATH=/usr/bin:/bin LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8" },
    ],
  ])("%s as login shell", async (name, shell, files) => {
    const user = `u${name.replaceAll(/\W/g, "").slice(0, 12).toLowerCase()}`;
    expect(await probe(await addUser(user, shell, files as unknown as Record<string, string>))).toBe("root");
  });

  it("an encrypted key", async () => {
    const path = join(scratch, "encrypted");
    execFileSync("cp", [lab.identityFile, path]);
    execFileSync("ssh-keygen", ["-p", "-q", "-P", "", "-N", "open sesame", "-f", path]);
    const { host } = connectionTo(lab, "host-1");
    expect(await probe({ host, privateKeyPath: path, privateKeyPassword: "open sesame" })).toBe("root");
    await expect(open({ host, privateKeyPath: path })).rejects.toThrow(/passphrase|privateKeyPassword/);
  });

  it("a jump host", async () => {
    const through = { ...connectionTo(lab, "host-2"), proxy: connectionTo(lab, "host-1", "admin") };
    expect(await probe(through)).toBe("root");
  });

  it("no connection at all, on this machine", async () => {
    await using session = await open("local");
    expect(
      await get("headscale").inspect!(createContext(session), { config: config(), host: "web-1", tags: [] }),
    ).toEqual({ drift: ["the tailscale client is not on PATH"] });
    expect(session.hostKey).toBeUndefined();
  });
});

describe("a host key", () => {
  it("is pinned on first contact and enforced after", async () => {
    const first = await open(connectionTo(lab, "host-1"));
    const { hostKey } = first;
    await first.close();
    expect(await probe(connectionTo(lab, "host-1"), { pinnedHostKey: hostKey })).toBe("root");
    await expect(open(connectionTo(lab, "host-2"), { pinnedHostKey: hostKey })).rejects.toMatchObject({
      kind: "host-key-mismatch",
    });
  });

  it("must be known under the policy strict", async () => {
    await expect(open(connectionTo(lab, "host-1"), { hostKeyPolicy: "strict" })).rejects.toMatchObject({
      kind: "host-key-mismatch",
    });
  });

  it("is found in known_hosts, whatever type of key the host prefers", async () => {
    const { host } = connectionTo(lab, "host-1");
    const file = join(scratch, "known_hosts");
    for (const type of ["ed25519", "ecdsa", "rsa"]) {
      execFileSync("sh", ["-c", `ssh-keyscan -H -t ${type} ${host} > ${file} 2>/dev/null`]);
      expect(
        await probe(connectionTo(lab, "host-1"), { hostKeyPolicy: "strict", knownHostsFiles: [file] }),
      ).toBe("root");
    }
  });
});
