/** The system's own ssh against real SSH servers; what only sshd decides is tested in tests/integration. */
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { ConnectOptions, SshConnection } from "../../../transport";
import { connectionSchema } from "../../../transport/schema";
import { validate } from "../../../validation";
import { installSudo } from "./support/fake-sudo";
import { makeHome, type Home } from "./support/home";
import { fingerprint, makeKey } from "./support/keys";
import { TestServer, userKey, type ServerOptions } from "./support/server";
import { mustFail, open } from "./support/session";

const hasSsh = spawnSync("ssh", ["-V"]).error === undefined;

/** A home whose ssh reads the configuration in it (the real one asks the system where home is), and a key. */
function homeWithSsh(config = ""): Home & { readonly key: string } {
  const home = makeHome();
  home.write(".ssh/config", config);
  home.program(
    "ssh",
    `exec ${spawnSync("sh", ["-c", "command -v ssh"]).stdout.toString().trim()} -F "$HOME/.ssh/config" "$@"`,
  );
  const key = home.write(".ssh/id", userKey.private);
  chmodSync(key, 0o600);
  return { ...home, key };
}

/** Sessions keep their socket in a folder of their own below TMPDIR: here, the home. */
const envOf = (home: Home) => ({ ...home.env, TMPDIR: home.path });

async function withHost<T>(
  server: ServerOptions,
  work: (host: TestServer, connection: SshConnection, home: Home) => Promise<T>,
): Promise<T> {
  using home = homeWithSsh();
  await using host = await TestServer.start(server);
  const connection: SshConnection = {
    client: "openssh",
    host: "127.0.0.1",
    port: host.port,
    user: "tester",
    privateKeyPath: home.key,
    dialErrorLimit: 0,
  };
  return await work(host, connection, home);
}

const openIn = (home: Home, connection: SshConnection, options: Partial<ConnectOptions> = {}) =>
  open(connection, { env: envOf(home), ...options });

(hasSsh ? describe : describe.skip)("a session with the system's own ssh", () => {
  it("runs several commands over one connection, each with its input, output and status", () =>
    withHost({}, async (host, connection, home) => {
      await using session = await openIn(home, connection);
      const argv = [
        "sh",
        "-c",
        'cat; printf "%s|" "$@"; echo oops >&2; exit 3',
        "sh",
        "a b",
        "it's",
        '$HOME "x"',
        "ü\n!",
      ];
      const [one, two] = await Promise.all([
        session.exec(argv, { label: "one", stdin: "the key\n" }),
        session.exec(["echo", "two"], { label: "two" }),
      ]);
      expect(one).toEqual({ code: 3, stdout: 'the key\na b|it\'s|$HOME "x"|ü\n!|', stderr: "oops\n" });
      expect(two).toMatchObject({ code: 0, stdout: "two\n" });
      expect(await session.exec(["no-such-program"], { label: "three" })).toMatchObject({ code: 127 });
      expect(host.accepted).toBe(1);
      expect(session.hostKey).toBe(host.hostKeys[0]!.public);
    }));

  it("leaves no process and no file behind", () =>
    withHost({}, async (host, connection, home) => {
      const session = await openIn(home, connection);
      expect(readdirSync(home.path).filter((name) => name.startsWith("mesh-"))).toHaveLength(1);
      await session.close();
      expect(readdirSync(home.path).filter((name) => name.startsWith("mesh-"))).toEqual([]);
      for (let tries = 0; host.open > 0 && tries < 100; tries++) await delay(20);
      expect(host.open).toBe(0);
    }));

  it("takes megabytes in and out", () =>
    withHost({}, async (_host, connection, home) => {
      await using session = await openIn(home, connection);
      const stdin = "0123456789abcdef".repeat(150_000);
      const sent: number[] = [];
      const onSent = (count: number) => sent.push(count);
      const { stdout } = await session.exec(["cat"], { label: "push", stdin, onSent });
      expect(stdout === stdin).toBe(true);
      expect(sent.at(-1)).toBe(stdin.length);
    }));

  it("gives sudo the connection's password, and no command line has it", async () => {
    using home = homeWithSsh();
    installSudo(home, "password", "hunter22");
    await using host = await TestServer.start({ env: home.env });
    const { port } = host;
    const where = {
      client: "openssh",
      host: "127.0.0.1",
      port,
      user: "tester",
      privateKeyPath: home.key,
    } as const;
    await using session = await openIn(home, { ...where, password: "hunter22" });
    const work = session.exec(["sh", "-c", "echo ${AS_ROOT}; cat"], {
      label: "join",
      asRoot: true,
      stdin: "key",
    });
    expect(await work).toMatchObject({ code: 0, stdout: "yes\nkey" });
    expect(host.commands.join()).not.toContain("hunter22");
  });

  it("ends a command that takes too long, and goes on", () =>
    withHost({}, async (_host, connection, home) => {
      await using session = await openIn(home, connection);
      const error = await mustFail(session.exec(["sleep", "60"], { label: "install", timeoutMs: 300 }));
      expect(error.detail).toBe("install took longer than 0.3 s and was ended");
      expect(await session.exec(["pgrep", "-fx", "sleep 60"], { label: "look" })).toMatchObject({ code: 1 });
    }));

  it("says that the connection is lost when it breaks, and connects again with the key it saw", () =>
    withHost({}, async (host, connection, home) => {
      await using session = await openIn(home, connection);
      const work = mustFail(session.exec(["sleep", "60"], { label: "install" }));
      await delay(300);
      host.cut();
      expect(await work).toMatchObject({
        kind: "host-unreachable",
        detail: "connection lost during install",
      });
      expect((await mustFail(session.exec(["true"], { label: "probe" }))).kind).toBe("host-unreachable");
      await session.reconnect();
      expect(await session.exec(["echo", "again"], { label: "probe" })).toMatchObject({ stdout: "again\n" });
      expect(host.accepted).toBe(2);
    }));

  it("is stopped while it connects when the caller gives up", () =>
    withHost({ onExec: () => undefined }, async (_host, connection, home) => {
      const never = { ...connection, host: "127.0.0.1", port: 1, dialErrorLimit: -1 };
      const error = await mustFail(openIn(home, never, { signal: AbortSignal.timeout(400) }));
      expect(error.detail).toBe("connecting was stopped");
    }));
});

(hasSsh ? describe : describe.skip)("the host key, with the system's own ssh", () => {
  const other = makeKey();
  const check = (options: Partial<ConnectOptions>, more: Partial<SshConnection> = {}, knownHosts = "") =>
    withHost({}, async (host, connection, home) => {
      const name = `[127.0.0.1]:${host.port}`;
      const shown = host.hostKeys[0]!.public;
      const file = home.write("known", knownHosts.replaceAll("NAME", name).replaceAll("SHOWN", shown));
      const where = { ...connection, ...more };
      const pinnedHostKey = options.pinnedHostKey?.replace("SHOWN", shown);
      const all = { ...options, pinnedHostKey, knownHostsFiles: [file] };
      await using session = await openIn(home, where, all);
      return { seen: session.hostKey, shown };
    });

  it("is recorded on first contact, in no file of the user's", async () => {
    const { seen, shown } = await check({});
    expect(seen).toBe(shown);
  });

  it("is checked against the user's known_hosts, before a pin", async () => {
    const { seen, shown } = await check(
      { hostKeyPolicy: "strict", pinnedHostKey: other.public },
      {},
      "NAME SHOWN\n",
    );
    expect(seen).toBe(shown);
  });

  it.each<[string, Partial<ConnectOptions>, Partial<SshConnection>, string, string]>([
    ["the pin", { pinnedHostKey: other.public }, {}, "", "the key pinned on first contact is"],
    ["hostKey", {}, { hostKey: other.public }, "NAME SHOWN\n", "the connection's hostKey is"],
    ["known_hosts", {}, {}, `NAME ${other.public}\n`, "/known has"],
  ])(
    "is refused when %s says otherwise, with both fingerprints",
    async (_name, options, more, known, says) => {
      const error = await mustFail(check(options, more, known));
      expect(error.kind).toBe("host-key-mismatch");
      expect(error.detail).toContain(
        `${says} ssh-ed25519 ${fingerprint(other)}, but the host shows ssh-ed25519 SHA256:`,
      );
    },
  );

  it.each<[string, Partial<ConnectOptions>, string, RegExp]>([
    ["unknown, under strict", { hostKeyPolicy: "strict" }, "", /is not known, and unknown keys are refused/],
    ["revoked", {}, "@revoked * SHOWN\n", /which known_hosts marks as revoked/],
    ["revoked, and pinned", { pinnedHostKey: "SHOWN" }, "@revoked * SHOWN\n", /marks as revoked/],
    [
      "without the certificate of a known authority",
      {},
      `@cert-authority * ${other.public}\n`,
      /is not known/,
    ],
  ])("is refused when it is %s", async (_name, options, known, detail) => {
    const error = await mustFail(check(options, {}, known));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toMatch(detail);
  });
});

(hasSsh ? describe : describe.skip)("a host that the system's own ssh does not reach", () => {
  it.each<[string, ServerOptions, Partial<SshConnection>, string, RegExp]>([
    [
      "refuses the key",
      { publicKey: makeKey().public },
      {},
      "authentication-failed",
      /tester@127\.0\.0\.1:\d+ was refused \(.*Permission denied/,
    ],
    ["has nothing at the port", {}, { port: 1 }, "host-unreachable", /Connection refused/],
    [
      "has no such name",
      {},
      { host: "no-such-host.invalid" },
      "host-unreachable",
      /Could not resolve hostname|name resolution/,
    ],
    [
      "has no algorithm in common",
      { algorithms: { kex: ["diffie-hellman-group1-sha1"] } },
      {},
      "host-unreachable",
      /no matching key exchange method found\. Their offer: diffie-hellman-group1-sha1/,
    ],
  ])("is told why: it %s", (_name, server, more, kind, detail) =>
    withHost(server, async (host, connection, home) => {
      const error = await mustFail(openIn(home, { ...connection, ...more }));
      expect(error.kind).toBe(kind);
      expect(error.detail).toMatch(detail);
      expect(host.accepted).toBeLessThan(2);
      expect(readdirSync(home.path).filter((name) => name.startsWith("mesh-"))).toEqual([]);
    }),
  );

  it("is dialled again while that can heal", () =>
    withHost({}, async (_host, connection, home) => {
      const error = await mustFail(openIn(home, { ...connection, port: 1, dialErrorLimit: 1 }));
      expect(error.detail).toMatch(/Connection refused \(2 attempts\)$/);
    }));

  it("is given up when it says nothing", () =>
    withHost({}, async (_host, connection, home) => {
      home.write(".ssh/config", "Host silent\n  ProxyCommand sleep 60\n");
      const { error } = {
        error: await mustFail(
          openIn(home, { client: "openssh", host: "silent", perDialTimeout: 0.5, dialErrorLimit: 0 }),
        ),
      };
      expect(error.detail).toBe("no answer within 0.5 s");
      expect(connection.client).toBe("openssh");
    }));

  it("is told when this machine has no ssh, or one that cannot read its configuration", async () => {
    using home = homeWithSsh("NoSuchOption yes\n");
    const connection = { client: "openssh", host: "web-1" } as const;
    const broken = await mustFail(openIn(home, connection));
    expect(broken.kind).toBe("invalid-config");
    expect(broken.detail).toMatch(/^ssh does not read its configuration: .*terminating, 1 bad configuration/);
    const missing = await mustFail(openIn(home, connection, { env: { PATH: "/no/path", HOME: home.path } }));
    expect(missing.detail).toBe("this machine has no ssh, which the connection's client wants");
  });

  it("never takes a host for an option", async () => {
    using home = homeWithSsh();
    const mark = home.at("mark");
    await mustFail(
      openIn(home, { client: "openssh", host: `-oProxyCommand=touch ${mark}`, dialErrorLimit: 0 }),
    );
    expect(spawnSync("ls", [mark]).status).not.toBe(0);
  });
});

(hasSsh ? describe : describe.skip)("the configuration of ssh", () => {
  it("leads to a host by an alias, over two jumps", async () => {
    using home = homeWithSsh();
    await using target = await TestServer.start({ hostKeys: [makeKey()] });
    await using first = await TestServer.start({ hostKeys: [makeKey()] });
    await using second = await TestServer.start({ hostKeys: [makeKey()] });
    const known = [first, second].map(({ port, hostKeys }) => `[127.0.0.1]:${port} ${hostKeys[0]!.public}\n`);
    const file = home.write("known", known.join(""));
    const hop = (name: string, { port }: TestServer, rest = "") =>
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User tester\n  IdentityFile ${home.key}\n  UserKnownHostsFile ${file}\n${rest}`;
    home.write(
      ".ssh/config",
      [
        hop("gate", first),
        hop("inner", second, "  ProxyJump gate\n"),
        hop("web", target, "  ProxyJump inner\n"),
      ].join(""),
    );
    await using session = await openIn(
      home,
      { client: "openssh", host: "web" },
      { knownHostsFiles: undefined },
    );
    expect(await session.exec(["echo", "through"], { label: "probe" })).toMatchObject({
      stdout: "through\n",
    });
    expect([first.accepted, second.accepted, target.accepted]).toEqual([1, 1, 1]);
    expect(session.hostKey).toBe(target.hostKeys[0]!.public);
    await session.close();
    home.write("known", known[0]!);
    const error = await mustFail(
      openIn(home, { client: "openssh", host: "web", dialErrorLimit: 0 }, { knownHostsFiles: undefined }),
    );
    expect(error).toMatchObject({
      kind: "host-key-mismatch",
      detail: "the key of a jump host is not known, or has changed",
    });
    expect(second.attempts.length).toBeGreaterThan(0);
  });

  it("leads to a host by a command, which sees nothing of Pulumi's", async () => {
    using home = homeWithSsh();
    await using target = await TestServer.start();
    const relay = home.program(
      "relay",
      `env >"${home.at("env")}"; exec "${process.execPath}" -e '
      const socket = require("node:net").connect(${target.port}, "127.0.0.1");
      process.stdin.pipe(socket).pipe(process.stdout);'`,
    );
    home.write(
      ".ssh/config",
      `Host web\n  User tester\n  IdentityFile ${home.key}\n  ProxyCommand ${relay}\n`,
    );
    const env = { ...envOf(home), AWS_PROFILE: "prod", PULUMI_CONFIG_PASSPHRASE: "canary" };
    await using session = await openIn(home, { client: "openssh", host: "web" }, { env });
    expect(await session.exec(["echo", "here"], { label: "probe" })).toMatchObject({ stdout: "here\n" });
    const seen = spawnSync("cat", [home.at("env")]).stdout.toString();
    expect(seen).toContain("AWS_PROFILE=prod");
    expect(seen).not.toContain("canary");
    expect(target.accepted).toBe(1);
  });
});

(hasSsh ? describe : describe.skip)("an environment with secrets", () => {
  it("is not sent to the host, whatever ssh is told to send", async () => {
    using home = homeWithSsh("Host *\n  SendEnv *\n");
    await using host = await TestServer.start();
    const connection = { host: "127.0.0.1", port: host.port, user: "tester", privateKeyPath: home.key };
    const env = { ...envOf(home), HS_AUTHKEY: "canary", PULUMI_CONFIG_PASSPHRASE: "canary" };
    await using session = await openIn(home, { client: "openssh", ...connection }, { env });
    await session.exec(["true"], { label: "probe" });
    expect(host.variables).toContain("HOME");
    expect(host.variables.filter((name) => /AUTHKEY|PULUMI/.test(name))).toEqual([]);
  });
});

describe("a connection by the system's own ssh", () => {
  it.each([
    ["privateKey", { privateKey: "KEY" }, /privateKeyPath/],
    ["privateKeyPassword", { privateKeyPassword: "secret" }, /agent/],
    ["proxy", { proxy: { host: "gate" } }, /ProxyJump/],
  ])("has no place for %s", (key, more, message) => {
    const result = validate(connectionSchema, { client: "openssh", host: "web-1", ...more });
    expect(result).toEqual({
      ok: false,
      issues: [{ path: [key], message: expect.stringMatching(message) as unknown as string }],
    });
  });

  it("is one of two clients", () => {
    expect(validate(connectionSchema, { client: "openssh", host: "web-1" }).ok).toBe(true);
    expect(validate(connectionSchema, { client: "ssh2", host: "web-1" }).ok).toBe(true);
    expect(validate(connectionSchema, { client: "putty", host: "web-1" })).toMatchObject({
      issues: [{ path: ["client"] }],
    });
  });
});
