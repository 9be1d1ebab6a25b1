import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { ExecOptions, Session } from "../../../transport";
import { installSudo, type SudoMode } from "./support/fake-sudo";
import { makeHome } from "./support/home";
import { TestServer, userKey } from "./support/server";
import { mustFail, open } from "./support/session";

const MIB = 2 ** 20;

/** As many bytes as the window of a channel holds several times over, with every value, NUL and 0xff included. */
const file = randomBytes(9 * MIB + 4711);
const digest = createHash("sha256").update(file).digest("hex");

/** Runs a script with `stdin`, and keeps what was reported of it. */
function upload(session: Session, script: string, options: Partial<ExecOptions> = {}) {
  const reports: [number, number][] = [];
  const onSent = (sent: number, total: number) => reports.push([sent, total]);
  const argv = ["sh", "-c", script];
  const result = session.exec(argv, { label: "upload", stdin: file, onSent, ...options });
  return { result, reports };
}

/** Each report names the total, none goes back, and the last says that all is sent. */
function expectComplete(reports: readonly [number, number][], total: number): void {
  const sent = reports.map(([bytes]) => bytes);
  expect(new Set(reports.map(([, of]) => of))).toEqual(new Set([total]));
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  expect(sent.at(-1)).toBe(total);
  expect(sent.filter((bytes) => bytes === total)).toHaveLength(1);
}

describe("a file of several windows arrives byte for byte", () => {
  const modes: [string, SudoMode | undefined, string | undefined][] = [
    ["as the login user", undefined, undefined],
    ["through sudo that asks for nothing", "free", undefined],
    ["through sudo that could ask and does not", "free", "hunter22"],
    ["through sudo that asks for a password", "password", "hunter22"],
  ];

  it.each(modes)("over SSH, %s", async (_name, mode, password) => {
    using home = makeHome();
    if (mode !== undefined) installSudo(home, mode, password);
    await using server = await TestServer.start({ env: home.env, publicKey: userKey.public });
    await using session = await open(server.connection({ privateKey: userKey.private, password }));
    const { result, reports } = upload(session, "echo ${AS_ROOT:-no}; sha256sum", {
      asRoot: mode !== undefined,
    });
    expect(await result).toEqual({
      code: 0,
      stdout: `${mode === undefined ? "no" : "yes"}\n${digest}  -\n`,
      stderr: "",
    });
    expectComplete(reports, file.length);
  });

  it.each([false, true])("on this machine, through sudo: %s", async (asRoot) => {
    using home = makeHome();
    installSudo(home, "free");
    await using session = await open("local", { env: home.env });
    const { result, reports } = upload(session, "sha256sum", { asRoot });
    expect(await result).toMatchObject({ code: 0, stdout: `${digest}  -\n` });
    expectComplete(reports, file.length);
  });

  it("also when it is a part of a larger buffer", async () => {
    await using session = await open("local");
    const { result } = upload(session, "cat", {
      stdin: new Uint8Array(Buffer.from("abcdef")).subarray(2, 4),
    });
    expect(await result).toMatchObject({ stdout: "cd" });
  });
});

describe("progress", () => {
  it("waits for a host that is slow to read", async () => {
    using home = makeHome();
    await using server = await TestServer.start();
    await using session = await open(server.connection());
    let sent = 0;
    const onSent = (bytes: number) => void (sent = bytes);
    const gate = home.at("gate");
    let onLine: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (onLine = resolve));
    const script = 'echo begun; until [ -e "$1" ]; do sleep 0.05; done; sha256sum';
    const argv = ["sh", "-c", script, "sh", gate];
    const upload = session.exec(argv, { label: "upload", stdin: file, onSent, onLine });
    await begun;
    // Until no more is taken: nobody reads before the gate is open.
    for (let before = -1; sent !== before; await delay(600)) before = sent;
    const unread = sent;
    home.write("gate", "");
    expect((await upload).code).toBe(0);
    expect(unread).toBeLessThan(6 * MIB);
    expect(sent).toBe(file.length);
  });

  it("comes at most four times a second, in bytes, for text as well", async () => {
    await using session = await open("local");
    const script = "for i in 1 2 3 4 5 6 7 8; do head -c 131072; sleep 0.15; done; cat";
    const stdin = "é".repeat(MIB);
    const started = performance.now();
    const { result, reports } = upload(session, `(${script}) | wc -c`, { stdin });
    expect(await result).toMatchObject({ stdout: `${2 * MIB}\n` });
    const seconds = (performance.now() - started) / 1000;
    expectComplete(reports, 2 * MIB);
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.length).toBeLessThanOrEqual(4 * seconds + 1); // the last one comes when it is due
  });

  it("of nothing is that all is sent", async () => {
    await using session = await open("local");
    const { result, reports } = upload(session, "cat", { stdin: "" });
    await result;
    expect(reports).toEqual([[0, 0]]);
  });

  it("ends the command when its listener throws", async () => {
    await using session = await open("local");
    const onSent = () => {
      throw new Error("no more");
    };
    await expect(session.exec(["cat"], { label: "upload", stdin: "a", onSent })).rejects.toThrow("no more");
  });
});

describe.each(["ssh", "local"])("a command on a host (%s) that takes no more", (way) => {
  async function connected() {
    const server = await TestServer.start();
    const session = await open(way === "ssh" ? server.connection() : "local");
    return {
      server,
      session,
      [Symbol.asyncDispose]: () => session.close().then(() => server[Symbol.asyncDispose]()),
    };
  }

  it.each([
    ["ends", "head -c 10 | wc -c; exit 3"],
    ["closes its input and goes on", "exec 0<&-; sleep 0.5; echo 10; exit 3"],
  ])("%s: its result counts, and the session goes on", async (_name, script) => {
    await using host = await connected();
    const { result, reports } = upload(host.session, script);
    expect(await result).toEqual({ code: 3, stdout: "10\n", stderr: "" });
    expect(reports.filter(([sent, total]) => sent === total)).toEqual([]);
    expect(await host.session.exec(["cat"], { label: "probe", stdin: "on" })).toMatchObject({ stdout: "on" });
  });

  it("is ended at its deadline, as any other", async () => {
    await using host = await connected();
    const { result, reports } = upload(host.session, "sleep 30", { timeoutMs: 1_000 });
    const error = await mustFail(result);
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "timed-out",
      detail: "upload took longer than 1 s and was ended",
    });
    const before = reports.length;
    await delay(400);
    expect(reports).toHaveLength(before);
  });
});

describe("a connection that breaks during an upload", () => {
  it("is host-unreachable", async () => {
    await using server = await TestServer.start();
    await using session = await open(server.connection());
    const begun = () => void server.cut();
    const { result } = upload(session, "echo begun; sleep 30; cat", { onLine: begun });
    const error = await mustFail(result);
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "host-unreachable",
      detail: "connection lost during upload",
    });
  });
});
