import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { eventually } from "../../support/eventually";
import { TestServer } from "./support/server";
import { mustFail, open } from "./support/session";

/** Seconds to sleep, as an argument that no other process of this machine has. */
const unique = () => String(randomInt(100_000, 999_999));

/** Processes of this machine whose command line holds `text`. */
function countProcesses(text: string): number {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(text);
    } catch {
      return false;
    }
  }).length;
}

/** The kernel takes a moment for a process that was killed; none of these would end by itself within a day. */
const awaitNone = (time: string) =>
  eventually(() => expect(countProcesses(time)).toBe(0), { timeout: 2_000 });

const connected = async () => {
  const server = await TestServer.start();
  const session = await open(server.connection());
  return {
    server,
    session,
    [Symbol.asyncDispose]: () => session.close().then(() => server[Symbol.asyncDispose]()),
  };
};

describe("a command that takes too long", () => {
  it("is an error at its deadline, and is ended with all it started", async () => {
    const time = unique();
    await using host = await connected();
    const start = performance.now();
    const work = host.session.exec(["sh", "-c", `sleep ${time}; sleep ${time}`], {
      label: "install",
      timeoutMs: 500,
    });
    const error = await mustFail(work);
    expect(performance.now() - start).toBeLessThan(2_500);
    expect(error.message).toBe(
      "web-1: timed out: install took longer than 0.5 s and was ended. See what keeps the host busy, then run again.",
    );
    await awaitNone(time);
  });

  it("is ended even when it ignores TERM", async () => {
    const time = unique();
    await using host = await connected();
    const script = `trap '' TERM; while :; do sleep ${time}; done`;
    await mustFail(host.session.exec(["sh", "-c", script], { label: "install", timeoutMs: 500 }));
    await awaitNone(time);
  });

  it("leaves the connection in use", async () => {
    const time = unique();
    await using host = await connected();
    await mustFail(host.session.exec(["sleep", time], { label: "install", timeoutMs: 100 }));
    expect(await host.session.exec(["echo", "on"], { label: "probe" })).toMatchObject({ stdout: "on\n" });
  });

  it("tells a login that hangs from a command that does", async () => {
    const time = unique();
    await using server = await TestServer.start({ shell: ["sh", "-c", `sleep ${time}`, "sh"] });
    await using session = await open(server.connection());
    const error = await mustFail(session.exec(["true"], { label: "probe", timeoutMs: 800 }));
    expect(error.detail).toBe("probe did not start within 0.8 s: the login of tester hangs");
  });

  it("is a host that does not answer at all", async () => {
    await using server = await TestServer.start({ onExec: () => undefined });
    await using session = await open(server.connection());
    expect((await mustFail(session.exec(["true"], { label: "probe", timeoutMs: 200 }))).kind).toBe(
      "timed-out",
    );
  });
});

describe("an abort", () => {
  it("ends the running command", async () => {
    const time = unique();
    await using server = await TestServer.start();
    const abort = new AbortController();
    await using session = await open(server.connection(), { signal: abort.signal });
    const work = mustFail(session.exec(["sleep", time], { label: "join" }));
    await delay(200);
    abort.abort(new Error("the user gave up"));
    const error = await work;
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "timed-out",
      detail: "join was stopped",
    });
    expect(error.cause).toMatchObject({ message: "the user gave up" });
    await awaitNone(time);
  });

  it("lets a command not start any more whose login is slow", async () => {
    const time = unique();
    await using server = await TestServer.start({ shell: ["sh", "-c", 'sleep 0.4; eval "$1"', "sh"] });
    await using session = await open(server.connection());
    await mustFail(session.exec(["sleep", time], { label: "join", timeoutMs: 200 }));
    await delay(500);
    expect(countProcesses(time)).toBe(0);
  });

  it("lets no further command start", async () => {
    await using server = await TestServer.start();
    const abort = new AbortController();
    await using session = await open(server.connection(), { signal: abort.signal });
    abort.abort();
    expect((await mustFail(session.exec(["true"], { label: "join" }))).kind).toBe("timed-out");
    expect(server.commands).toEqual([]);
  });
});

describe("a connection that breaks", () => {
  it("fails the running command at once", async () => {
    const time = unique();
    await using host = await connected();
    const work = mustFail(host.session.exec(["sleep", time], { label: "install" }));
    await delay(200);
    host.server.cut();
    const start = performance.now();
    const error = await work;
    expect(performance.now() - start).toBeLessThan(2_000);
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "host-unreachable",
      detail: "connection lost during install",
    });
  });

  it("fails further commands, and can still be closed", async () => {
    await using host = await connected();
    host.server.cut();
    await delay(50);
    const error = await mustFail(host.session.exec(["true"], { label: "probe" }));
    expect(error.detail).toBe("connection lost during probe");
    const start = performance.now();
    await host.session.close();
    expect(performance.now() - start).toBeLessThan(900);
  });

  it("is told from a command when the host closes its channel without an exit status", async () => {
    await using server = await TestServer.start({ onExec: (channel) => channel.close() });
    await using session = await open(server.connection());
    expect((await mustFail(session.exec(["true"], { label: "probe" }))).kind).toBe("host-unreachable");
  });
});

describe("too much output", () => {
  it.each(["stdout", "stderr"])("on %s ends the command", async (stream) => {
    const time = unique();
    await using host = await connected();
    const script = stream === "stdout" ? `yes ${time}` : `yes ${time} >&2`;
    const error = await mustFail(host.session.exec(["sh", "-c", script], { label: "install" }));
    expect(error.kind).toBe("join-failed");
    expect(error.detail).toBe(`install printed more than 4 MiB to ${stream} and was ended`);
    await awaitNone(time);
  });
});

describe("closing", () => {
  it("closes the connection, once", async () => {
    await using host = await connected();
    expect(host.server.open).toBe(1);
    await Promise.all([host.session.close(), host.session.close()]);
    await delay(20);
    expect(host.server.open).toBe(0);
  });
});
