import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { existsSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { isError } from "../../../errors";
import type { SshConnection } from "../../../transport";
import { makeHome, type Home } from "./support/home";
import { makeEncryptedKey, makeKey, makeRsaKey } from "./support/keys";
import { TestServer, userKey, type ServerOptions } from "./support/server";
import { mustFail, open } from "./support/session";

/** The methods that one login tried, when it worked. */
async function login(
  server: ServerOptions,
  credentials: Partial<SshConnection>,
  env: Record<string, string | undefined> = { HOME: "/no/home" },
) {
  await using host = await TestServer.start(server);
  await using session = await open(host.connection(credentials), { env });
  expect(session.host).toBe("web-1");
  return host.attempts;
}

/** The same for one that does not work: its error, and how often the host was dialled. */
async function refusal(
  server: ServerOptions,
  credentials: Partial<SshConnection>,
  env: Record<string, string | undefined> = { HOME: "/no/home" },
) {
  await using host = await TestServer.start(server);
  const error = await mustFail(open(host.connection({ dialErrorLimit: 5, ...credentials }), { env }));
  return { error, dials: host.accepted, attempts: host.attempts };
}

const withAgent = async (home: Home, keys: readonly string[], work: (socket: string) => Promise<void>) => {
  const socket = home.at("agent.sock");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  try {
    for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await delay(20);
    for (const key of keys)
      spawnSync("ssh-add", ["-q", "-"], { input: key, env: { ...process.env, SSH_AUTH_SOCK: socket } });
    await work(socket);
  } finally {
    agent.kill();
    await once(agent, "exit");
  }
};
const hasAgent = spawnSync("ssh-agent", ["-h"]).error === undefined;

describe("a login", () => {
  it("works with the contents of a key", async () => {
    expect(await login({}, { privateKey: userKey.private })).toEqual(["publickey", "publickey"]); // the query, the signature
  });

  it("works with an encrypted key and its passphrase", async () => {
    const key = makeEncryptedKey("open sesame");
    await login({ publicKey: key.public }, { privateKey: key.private, privateKeyPassword: "open sesame" });
  });

  it("works with a key file, also below ~/", async () => {
    using home = makeHome();
    const path = home.write("keys/mine", userKey.private);
    await login({}, { privateKeyPath: path });
    await login({}, { privateKeyPath: "~/keys/mine" }, home.env);
  });

  it("works with a password", async () => {
    expect(await login({ password: "hunter22" }, { password: "hunter22" })).toEqual(["none", "password"]);
  });

  it("answers the prompts that hide what is typed with the password", async () => {
    const prompts = [
      { prompt: "Your name: ", echo: true, answer: "" },
      { prompt: "Password: ", echo: false, answer: "hunter22" },
    ];
    expect(await login({ prompts }, { password: "hunter22" })).toEqual(["none", "keyboard-interactive"]);
  });

  it("works where the host asks for nothing", async () => {
    expect(await login({ open: true }, {})).toEqual(["none"]);
    expect(await login({ open: true, password: "unknown" }, { privateKey: userKey.private })).toEqual([
      "publickey",
      "none",
    ]);
  });

  it("tries only what the host accepts", async () => {
    const both = { privateKey: userKey.private, password: "hunter22" };
    expect(await login({ password: "hunter22" }, both)).toEqual(["none", "password"]);
  });

  it("tries the key before the password", async () => {
    const both = { privateKey: userKey.private, password: "hunter22" };
    const attempts = await login({ password: "hunter22", publicKey: userKey.public }, both);
    expect(attempts).not.toContain("password");
  });

  it("is for root by default", async () => {
    const { error } = await refusal({}, { user: undefined, privateKey: makeKey().private });
    expect(error.detail).toMatch(/^root@127\.0\.0\.1:\d+ was refused/);
  });
});

(hasAgent ? describe : describe.skip)("an agent", () => {
  it("is found by its socket in the connection", async () => {
    using home = makeHome();
    await withAgent(home, [makeKey().private, userKey.private], async (socket) => {
      await login({}, { agentSocketPath: socket });
    });
  });

  it("is found by its socket below ~/", async () => {
    using home = makeHome();
    await withAgent(home, [userKey.private], async () => {
      await login({}, { agentSocketPath: "~/agent.sock" }, home.env);
    });
  });

  it("is found by SSH_AUTH_SOCK", async () => {
    using home = makeHome();
    await withAgent(home, [userKey.private], async (socket) => {
      await login({}, {}, { ...home.env, SSH_AUTH_SOCK: socket });
    });
  });

  it("that is gone does not keep other credentials from working", async () => {
    await login({}, { privateKey: userKey.private }, { HOME: "/no/home", SSH_AUTH_SOCK: "/no/agent" });
    const { error } = await refusal({}, {}, { HOME: "/no/home", SSH_AUTH_SOCK: "/no/agent" });
    expect(error.kind).toBe("authentication-failed");
  });
});

describe("the default identity files", () => {
  it("are tried when the connection names nothing, without those that are locked", async () => {
    using home = makeHome();
    home.write(".ssh/id_ed25519", makeEncryptedKey("secret").private);
    home.write(".ssh/id_rsa", userKey.private);
    await login({}, {}, home.env);
  });

  it("are left alone when the connection names something", async () => {
    using home = makeHome();
    home.write(".ssh/id_ed25519", userKey.private);
    const { error } = await refusal({}, { privateKey: makeKey().private }, home.env);
    expect(error.detail).toContain("was refused (private key);");
  });
});

describe("a credential that is refused", () => {
  it.each<[string, ServerOptions, Partial<SshConnection>, RegExp]>([
    [
      "a key",
      {},
      { privateKey: makeKey().private },
      /was refused \(private key\); the host accepts publickey$/,
    ],
    [
      "a password",
      { password: "right" },
      { password: "wrong" },
      /was refused \(password\); the host accepts password$/,
    ],
    ["nothing", {}, {}, /has nothing to log in with; the host accepts publickey$/],
    [
      "of a kind that the host does not take",
      { password: "right" },
      { privateKey: userKey.private },
      /has nothing to log in with; the host accepts password$/,
    ],
  ])("is no reason to dial again: %s", async (_name, server, credentials, detail) => {
    const { error, dials } = await refusal(server, credentials);
    expect(error.kind).toBe("authentication-failed");
    expect(error.detail).toMatch(detail);
    expect(dials).toBe(1);
  });

  it("is reported with the host's banner", async () => {
    const { error } = await refusal({ banner: "System is going down.\n" }, { privateKey: makeKey().private });
    expect(error.detail).toContain('("System is going down.")');
  });
});

describe("a login of two parts", () => {
  it("works with both", async () => {
    const attempts = await login(
      { both: true, password: "hunter22" },
      { privateKey: userKey.private, password: "hunter22" },
    );
    expect(attempts.at(-1)).toBe("password");
  });

  it.each([
    [undefined, "was not let in: the host took private key and wants password as well"],
    ["wrong", "was not let in: the host took private key and refused password"],
  ])("that has one is told what is missing (password %s)", async (password, detail) => {
    const { error, dials } = await refusal(
      { both: true, publicKey: userKey.public, password: "hunter22" },
      { privateKey: userKey.private, password },
    );
    expect(error.kind).toBe("authentication-failed");
    expect(error.detail).toContain(detail);
    expect(error.remedy).toContain("password");
    expect(dials).toBe(1);
  });
});

describe("an RSA key", () => {
  it.each(["sha512", "sha256"])("signs with %s where the host takes nothing else", async (rsaHash) => {
    const key = makeRsaKey();
    await login({ publicKey: key.public, rsaHash }, { privateKey: key.private });
  });

  (hasAgent ? it : it.skip).each(["sha512", "sha256"])(
    "in an agent signs with %s where the host takes nothing else",
    async (rsaHash) => {
      using home = makeHome();
      const keys = [makeRsaKey(), makeKey(), makeRsaKey()];
      const publicKey = keys[2]!.public;
      await withAgent(
        home,
        keys.map((key) => key.private),
        async (socket) => {
          await login({ publicKey, rsaHash }, { agentSocketPath: socket });
        },
      );
    },
  );

  it("that is refused is named once", async () => {
    const { error } = await refusal({}, { privateKey: makeRsaKey().private });
    expect(error.detail).toMatch(/was refused \(private key\);/);
  });
});

(hasAgent ? describe : describe.skip)("a certificate", () => {
  const certify = (home: Home) => {
    const [ca, key] = [home.at("ca"), home.at("key")];
    for (const path of [ca, key]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    execFileSync("ssh-keygen", ["-q", "-s", ca, "-I", "me", "-n", "root", `${key}.pub`]);
    return key;
  };

  it("beside the key that was refused is told, with the client that can use it", async () => {
    using home = makeHome();
    const privateKeyPath = certify(home);
    const { error } = await refusal({}, { privateKeyPath }, home.env);
    expect(error.detail).toContain(
      `${privateKeyPath}-cert.pub was not shown: this client has no certificates`,
    );
    expect(error.remedy).toContain('client to "openssh"');
  });

  it("in the agent is told, too", async () => {
    using home = makeHome();
    const key = certify(home);
    await withAgent(home, [], async (socket) => {
      spawnSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      const { error } = await refusal({}, { agentSocketPath: socket });
      expect(error.detail).toContain("the certificate in the agent was not shown");
    });
  });
});

describe("a credential that cannot be used", () => {
  const key = makeEncryptedKey("open sesame").private;
  it.each<[string, Partial<SshConnection>, string]>([
    ["an encrypted key without passphrase", { privateKey: key }, "the private key is encrypted"],
    [
      "a wrong passphrase",
      { privateKey: key, privateKeyPassword: "wrong" },
      "the private key does not open with the passphrase given",
    ],
    ["a public key", { privateKey: userKey.public }, "the private key is a public key"],
    ["no key at all", { privateKey: "nonsense" }, "the private key is not a private key that can be read"],
    [
      "a key file that is missing",
      { privateKeyPath: "/no/key" },
      "cannot read the private key file /no/key: ENOENT: no such file or directory, open '/no/key'",
    ],
    [
      "a key file that is a folder",
      { privateKeyPath: "/etc" },
      "cannot read the private key file /etc: EISDIR: illegal operation on a directory, read",
    ],
    ["an agent that is missing", { agentSocketPath: "/no/agent" }, "there is no SSH agent at /no/agent"],
    [
      "a host key that is none",
      { privateKey: userKey.private, hostKey: "ssh-ed25519 AAAA" },
      "the hostKey is not a public key",
    ],
  ])("is said before any dial: %s", async (_name, credentials, detail) => {
    const { error, dials } = await refusal({}, credentials);
    expect({ kind: error.kind, detail: error.detail, dials }).toEqual({
      kind: "invalid-config",
      detail,
      dials: 0,
    });
  });
});

describe("secrets", () => {
  const secrets = { password: "hunter22hunter22", privateKeyPassword: "open sesame" };

  it("of the connection never show in an error, nor in its cause", async () => {
    const server = { password: "other", banner: "not hunter22hunter22" };
    const { error } = await refusal(server, secrets);
    expect(error.message).toContain("[redacted]");
    for (let cause: unknown = error; isError(cause); cause = cause.cause)
      expect(`${cause.message}${cause.stack}`).not.toMatch(/hunter22|open sesame/);
  });

  it("of a command never show in an error", async () => {
    await using server = await TestServer.start({
      shell: ["sh", "-c", "echo no tskey-auth-canary >&2; exit 1", "sh"],
    });
    await using session = await open(server.connection());
    const error = await mustFail(session.exec(["true"], { label: "join", secrets: ["tskey-auth-canary"] }));
    expect(error.detail).toBe("the login of tester runs no commands: no [redacted]");
  });
});

describe("a server that is none", () => {
  it("is told from a host that boots", async () => {
    await using web = createServer((socket) =>
      socket
        .resume()
        .on("error", () => undefined)
        .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ).listen(0, "127.0.0.1");
    await once(web, "listening");
    const { port } = web.address() as { port: number };
    const error = await mustFail(open({ host: "127.0.0.1", port, dialErrorLimit: 0, password: "unused" }));
    expect(error.kind).toBe("host-unreachable");
  });
});
