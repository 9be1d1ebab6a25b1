import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Algorithms } from "ssh2";
import { describe, expect, it } from "@jest/globals";
import type { DialFailure } from "../../../transport/dial-failure";
import { withHint } from "../../../transport/ssh/hints";
import { clean } from "../../../excerpt";
import { explainEnd } from "../../../transport/openssh/failure";
import { explainDial } from "../../../transport/ssh/dial-failure";
import { explainForward } from "../../../transport/ssh/jump";
import { pauseAfter } from "../../../transport/retry";
import { makeHome } from "./support/home";
import { makeKey } from "./support/keys";
import { TestServer, userKey } from "./support/server";
import { mustFail, open } from "./support/session";

/** A TCP server that does with each connection what `serve` does, and counts them. */
async function listen(
  serve: Parameters<typeof createServer>[1] & object,
): Promise<Server & { dials: number; port: number }> {
  const server = Object.assign(createServer(), { dials: 0, port: 0 });
  server.on("connection", (socket) => {
    server.dials++;
    socket.on("error", () => undefined).resume();
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.port = (server.address() as AddressInfo).port;
  return server;
}

async function freePort(): Promise<number> {
  await using server = await listen((socket) => socket.destroy());
  return server.port;
}

/** A port where nothing listens. */
const NOBODY = 1;

const report = {
  target: "root@web:22",
  timeoutMs: 15_000,
  loggingIn: false,
  banner: "",
  tried: [],
  accepted: [],
};

const to = (port: number) => ({ host: "127.0.0.1", port, user: "tester", privateKey: userKey.private });

describe("a host that is not up yet", () => {
  it("is met soon after it comes up, with progress", async () => {
    const port = await freePort();
    const messages: string[] = [];
    const work = open(to(port), { progress: (message) => messages.push(message) });
    await delay(400);
    await using server = await TestServer.start({ port });
    const start = performance.now();
    await using session = await work;
    expect(session.hostKey).toBe(server.hostKeys[0]!.public);
    expect(performance.now() - start).toBeLessThan(2_500);
    expect(messages.slice(0, 2)).toEqual([
      "connecting",
      "attempt 2, connecting: connection refused; up to 60 s more",
    ]);
  });

  it("is dialled dialErrorLimit times more, then given up", async () => {
    const error = await mustFail(open({ ...to(NOBODY), dialErrorLimit: 2 }));
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "host-unreachable",
      detail: "connection refused (3 attempts)",
    });
  });

  it("is dialled once with a limit of 0", async () => {
    expect((await mustFail(open({ ...to(NOBODY), dialErrorLimit: 0 }))).detail).toBe("connection refused");
  });

  it.each([
    ["closes the connection before the handshake", "connection closed during the handshake"],
    ["resets it", "connection reset"],
  ])("is dialled again when it %s", async (_name, detail) => {
    await using server = await listen((socket) =>
      detail === "connection reset" ? socket.resetAndDestroy() : socket.end(),
    );
    const error = await mustFail(open({ ...to(server.port), dialErrorLimit: 1 }));
    expect(error.detail).toBe(`${detail} (2 attempts)`);
    expect(server.dials).toBe(2);
  });

  it("is dialled again when it does not answer within perDialTimeout", async () => {
    const sockets: { destroy(): void }[] = [];
    await using server = await listen((socket) => sockets.push(socket));
    const error = await mustFail(open({ ...to(server.port), dialErrorLimit: 1, perDialTimeout: 0.2 }));
    expect(error.detail).toBe("no answer within 0.2 s (2 attempts)");
    expect(server.dials).toBe(2);
    sockets.forEach((socket) => socket.destroy());
  });

  it("is left alone at once when the caller gives up", async () => {
    const abort = new AbortController();
    const work = mustFail(open({ ...to(NOBODY), dialErrorLimit: -1 }, { signal: abort.signal }));
    await delay(600);
    const start = performance.now();
    abort.abort(new Error("enough"));
    const error = await work;
    expect(performance.now() - start).toBeLessThan(200);
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "timed-out",
      detail: "connecting was stopped",
    });
    expect(error.cause).toMatchObject({ message: "enough" });
  });

  it("is left alone at once in the middle of a dial", async () => {
    const sockets: { destroy(): void; destroyed: boolean }[] = [];
    await using server = await listen((socket) => sockets.push(socket));
    const work = mustFail(open(to(server.port), { signal: AbortSignal.timeout(200) }));
    expect((await work).kind).toBe("timed-out");
    await delay(50);
    expect(server.dials).toBe(1);
    sockets.forEach((socket) => socket.destroy());
  });
});

describe("a name that does not resolve", () => {
  it.each([
    ["Host web-1.invalid\n  HostName 203.0.113.7\n", /alias of ~\/\.ssh\/config: .*client to "openssh"/],
    ["Host *\n  User me\n", /wait for its DNS record/],
  ])("gets a hint when it is an alias: %j", async (config, remedy) => {
    using home = makeHome();
    home.write(".ssh/config", config);
    const cause = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
    const failure = explainDial({ ...report, target: "tester@web-1.invalid:22", error: cause });
    const hinted = (await withHint(failure, { host: "web-1.invalid" }, home.env)) as DialFailure;
    expect(hinted.reason).toBe("the name of tester@web-1.invalid:22 does not resolve");
    expect(hinted.details.remedy).toMatch(remedy);
  });
});

describe("the pause before the next dial", () => {
  it("starts small, doubles, and stays at five seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 20].map(pauseAfter)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
  });
});

describe("what a failed dial means", () => {
  const explain = (error: object, others = {}) =>
    explainDial({ ...report, ...others, error: Object.assign(new Error("as ssh2 says"), error) });

  it.each([
    ["ECONNREFUSED", true],
    ["ECONNRESET", true],
    ["ETIMEDOUT", true],
    ["EHOSTUNREACH", true],
    ["ENETUNREACH", true],
    ["EAI_AGAIN", true],
    ["ENOTFOUND", false],
    ["EACCES", false],
  ])("%s can heal: %s", (code, heals) => {
    expect(explain({ code, level: "client-socket" })).toMatchObject({
      heals,
      details: { kind: "host-unreachable" },
    });
  });

  it("is told by the address that came nearest, where a name has several", () => {
    const errors = ["ENETUNREACH", "ECONNREFUSED", "ETIMEDOUT"].map((code) =>
      Object.assign(new Error(code), { code }),
    );
    const error = Object.assign(new AggregateError(errors), { code: "ENETUNREACH" });
    expect(explainDial({ ...report, error })).toMatchObject({ reason: "connection refused", heals: true });
  });

  it("is a login that was refused after too many keys", () => {
    const failure = explain({ message: "Too many authentication failures", code: 2 }, { loggingIn: true });
    expect(failure).toMatchObject({ heals: false, details: { kind: "authentication-failed" } });
  });

  it("is told with the way out when the agent has more keys than the host takes", () => {
    const failure = explain(
      { message: "Too many authentication failures", code: 2 },
      { loggingIn: true, tried: ["agent"] },
    );
    expect(failure.reason).toBe("root@web:22 was refused: too many authentication failures (agent)");
    expect(failure.details.remedy).toContain("privateKeyPath");
  });

  it("is an account that has expired, in the host's own words and without another try", () => {
    const banner = "Your account has expired; please contact your system administrator.\n";
    const failure = explainDial({ ...report, loggingIn: true, banner });
    expect(failure.reason).toBe(
      'root@web:22 may not log in ("Your account has expired; please contact your system administrator.")',
    );
    expect(failure).toMatchObject({ heals: false, details: { kind: "authentication-failed" } });
  });

  it("holds no terminal commands, whatever the host calls itself or its reason", () => {
    const evil = "\u001b]0;owned\u0007\u001b[31mgone\u202e\u009b2J";
    const errors = [
      Object.assign(new Error(evil), { level: "protocol" }),
      Object.assign(new Error(`no matching ${evil}`), { level: "handshake" }),
      new Error(evil),
    ];
    for (const error of errors) {
      const offers = { local: "a", remote: evil };
      const failure = explainDial({ ...report, error, offers, banner: evil, accepted: [evil] });
      expect(failure.reason).toContain("gone");
      expect(failure.reason).toBe(clean(failure.reason));
    }
    expect(explainEnd(`ssh: ${evil}\n`, "admin@h", { keys: [] } as never).reason).not.toMatch(
      /\p{Cc}|\p{Cf}/u,
    );
  });

  it("shows no part of the password, however long the host's words are", () => {
    const banner = `${"x".repeat(190)} hunter22hunter22`;
    const failure = explainDial({ ...report, loggingIn: true, banner, secrets: ["hunter22hunter22"] });
    expect(failure.reason).toContain("xxx");
    expect(failure.reason).not.toContain("hunt");
  });

  it("is no such account where a banner only speaks of the law", () => {
    const banner = "Unauthorized access is not allowed. Contact the administrator.";
    expect(explainDial({ ...report, loggingIn: true, banner }).heals).toBe(true);
  });

  it.each<[string, Algorithms]>([
    [
      "key exchange algorithm in common: the host offers diffie-hellman-group1-sha1",
      { kex: ["diffie-hellman-group1-sha1"] },
    ],
    ["C->S cipher in common: the host offers 3des-cbc", { cipher: ["3des-cbc"] }],
    ["C->S MAC in common: the host offers hmac-md5", { cipher: ["aes128-ctr"], hmac: ["hmac-md5"] }],
  ])("is told with what both sides offer: no %s", async (reason, algorithms) => {
    await using server = await TestServer.start({ algorithms });
    const error = await mustFail(open(server.connection({ dialErrorLimit: 5, privateKey: userKey.private })));
    expect(error.detail).toContain(`no ${reason}`);
    expect(error.detail).toMatch(/; this client \S*(curve25519|aes128|hmac-sha2)/);
    expect(error.remedy).toContain('client to "openssh"');
    expect(server.accepted).toBe(1);
  });

  it("is told when the banner is too long for this client", async () => {
    await using server = await TestServer.start({ banner: "All your base. ".repeat(8_000) });
    const error = await mustFail(open(server.connection()));
    expect(error.detail).toBe("the host's banner is longer than this client takes (35 KB)");
  });

  it("is a host that is still booting, in its own words", () => {
    const failure = explainDial({ ...report, loggingIn: true, banner: "System is booting up.\n\n" });
    expect(failure.reason).toBe('connection closed during the login ("System is booting up.")');
    expect(failure.heals).toBe(true);
  });

  it("is a host that is too old", () => {
    expect(explain({ level: "handshake" })).toMatchObject({
      heals: false,
      details: { kind: "host-unreachable" },
    });
  });
});

describe("a jump host", () => {
  const proxied = (target: TestServer, jump: TestServer, proxy = {}) =>
    target.connection({ privateKey: userKey.private, proxy: { ...jump.connection(), ...proxy } });

  it("is the way to the host, with its own login", async () => {
    const jumpKey = makeKey();
    await using target = await TestServer.start();
    await using jump = await TestServer.start({ publicKey: jumpKey.public, hostKeys: [makeKey()] });
    await using session = await open(proxied(target, jump, { privateKey: jumpKey.private }));
    expect(session.hostKey).toBe(target.hostKeys[0]!.public);
    expect(await session.exec(["echo", "through"], { label: "probe" })).toMatchObject({
      stdout: "through\n",
    });
    expect([jump.open, target.open]).toEqual([1, 1]);
    await session.close();
    await delay(20);
    expect([jump.open, target.open]).toEqual([0, 0]);
  });

  it("has its own host key checked; the host's pin is not its own", async () => {
    await using target = await TestServer.start();
    await using jump = await TestServer.start({ hostKeys: [makeKey()] });
    await using session = await open(proxied(target, jump), { pinnedHostKey: target.hostKeys[0]!.public });
    expect(session.hostKey).toBe(target.hostKeys[0]!.public);
    const error = await mustFail(open(proxied(target, jump, { hostKey: makeKey().public })));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toMatch(/^jump host 127\.0\.0\.1: the hostKey of the connection's proxy is/);
    await delay(50);
    expect(jump.open).toBe(1);
  });

  it("is pinned on first contact, and given no credential when it shows another key later", async () => {
    await using target = await TestServer.start();
    await using jump = await TestServer.start({ hostKeys: [makeKey()], password: "hunter22" });
    await using first = await open(proxied(target, jump, { password: "hunter22" }));
    expect(first.jumpHostKey).toBe(jump.hostKeys[0]!.public);
    await using other = await TestServer.start({ hostKeys: [makeKey()], password: "hunter22" });
    const error = await mustFail(
      open(proxied(target, other, { password: "hunter22" }), { pinnedJumpHostKey: first.jumpHostKey }),
    );
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toMatch(/^jump host 127\.0\.0\.1: the key pinned on first contact is ssh-ed25519/);
    expect(error.remedy).toContain(`set the hostKey of the connection's proxy to`);
    expect(other.attempts).toEqual([]);
  });

  it("must show the same key when the session connects again", async () => {
    const port = await freePort();
    await using target = await TestServer.start();
    const jump = await TestServer.start({ port });
    await using session = await open(proxied(target, jump));
    await jump[Symbol.asyncDispose]();
    await using _other = await TestServer.start({ port, hostKeys: [makeKey()] });
    expect((await mustFail(session.reconnect())).detail).toMatch(/^jump host .*pinned on first contact/);
  });

  it("is named in the errors about it", async () => {
    await using target = await TestServer.start();
    await using jump = await TestServer.start();
    const refused = await mustFail(open(proxied(target, jump, { privateKey: makeKey().private })));
    expect(refused.detail).toMatch(/^jump host 127\.0\.0\.1: tester@127\.0\.0\.1:\d+ was refused/);
    const unusable = await mustFail(open(proxied(target, jump, { privateKey: "nonsense" })));
    expect(unusable.detail).toBe(
      "jump host 127.0.0.1: the private key is not a private key that can be read",
    );
  });

  it("that cannot reach the host is left, and said so", async () => {
    await using target = await TestServer.start();
    await using jump = await TestServer.start({ forwarding: false });
    const error = await mustFail(open(proxied(target, jump)));
    expect(error.detail).toBe("from the jump host: connection failed");
    await delay(50);
    expect(jump.open).toBe(0);
  });

  it("that forbids forwarding is told from a host behind it that boots", () => {
    const refuse = (reason: number) =>
      explainForward(Object.assign(new Error("(SSH) Channel open failure: open failed"), { reason }));
    expect(refuse(1)).toMatchObject({ reason: "the jump host forbids forwarding", heals: false });
    expect(refuse(2)).toMatchObject({ reason: "from the jump host: open failed", heals: true });
  });

  it("waits for a host behind it that is not up yet", async () => {
    await using jump = await TestServer.start();
    const port = await freePort();
    const messages: string[] = [];
    const connection = { ...to(port), proxy: jump.connection() };
    const work = open(connection, { progress: (message) => messages.push(message) });
    await delay(400);
    await using _target = await TestServer.start({ port });
    await using session = await work;
    expect(session.host).toBe("web-1");
    expect(messages.slice(0, 2)).toEqual(["connecting to the jump host", "connecting"]);
    expect(messages[2]).toMatch(/^attempt 2, connecting: from the jump host: /);
    expect(jump.accepted).toBe(1);
  });

  it("that dies in mid exec is a broken connection", async () => {
    await using target = await TestServer.start();
    await using jump = await TestServer.start();
    await using session = await open(proxied(target, jump));
    const work = mustFail(session.exec(["sleep", "10"], { label: "install" }));
    await delay(200);
    jump.cut();
    expect((await work).detail).toBe("connection lost during install");
  });
});
