import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { isError } from "../../../errors";
import { explainRefusal } from "../../../transport/exec/refusal";
import { installSudo, type SudoMode } from "./support/fake-sudo";
import { makeHome } from "./support/home";
import { TestServer, userKey } from "./support/server";
import { mustFail, open } from "./support/session";

const SHOW = "echo as root: ${AS_ROOT:-no}; cat; exit 1";

interface Case {
  readonly mode?: SudoMode;
  /** What sudo wants, and what the connection gives. */
  readonly wanted?: string;
  readonly given?: string;
  readonly argv?: readonly string[];
  readonly stdin?: string;
  readonly asRoot?: boolean;
  /** sudo logs what it passes on. */
  readonly logged?: boolean;
  /** Where a pipe can be made: folders below the home, or none. */
  readonly env?: Readonly<Record<string, string>>;
}

async function exec({
  mode,
  wanted,
  given,
  argv = ["sh", "-c", SHOW],
  stdin = "the key\n",
  asRoot = true,
  logged = false,
  env = {},
}: Case) {
  using home = makeHome();
  home.program("id", "echo 1000");
  if (mode !== undefined) installSudo(home, mode, wanted);
  if (logged) home.write("log_input", "");
  const run = home.at("run");
  mkdirSync(run);
  await using server = await TestServer.start({
    env: { ...home.env, XDG_RUNTIME_DIR: run, ...env },
    publicKey: userKey.public,
  });
  const connection = server.connection({ privateKey: userKey.private, password: given });
  await using session = await open(connection);
  const result = await session.exec(argv, { label: "join", asRoot, stdin }).catch((error: unknown) => error);
  const passwords = existsSync(home.at("passwords")) ? readFileSync(home.at("passwords"), "utf8") : "";
  const log = logged ? readFileSync(home.at("log_input"), "utf8") : "";
  const left = readdirSync(run);
  return { result, passwords, log, left, commands: server.commands };
}

const failureOf = async (options: Case) => {
  const { result, passwords } = await exec(options);
  const error = await mustFail(isError(result) ? Promise.reject(result) : Promise.resolve());
  return { kind: error.kind, detail: error.detail, message: error.message, passwords };
};

describe("a command as root", () => {
  it("goes through sudo for another user, without a password where none is asked", async () => {
    expect(await exec({ mode: "free" })).toMatchObject({
      result: { code: 1, stdout: "as root: yes\nthe key\n", stderr: "" },
    });
  });

  it("never gets a password that was not asked for as its input", async () => {
    expect(await exec({ mode: "free", given: "hunter22" })).toMatchObject({
      result: { stdout: "as root: yes\nthe key\n", stderr: "" },
      passwords: "",
    });
  });

  it("gives sudo the password when it asks, and the command its own input", async () => {
    expect(await exec({ mode: "password", wanted: "hunter22", given: "hunter22" })).toMatchObject({
      result: { code: 1, stdout: "as root: yes\nthe key\n", stderr: "" },
      passwords: "hunter22\n",
    });
  });

  it("never has the password on a command line", async () => {
    const { commands } = await exec({ mode: "password", wanted: "hunter22", given: "hunter22" });
    expect(commands).toHaveLength(1);
    expect(commands.join()).not.toContain("hunter22");
  });

  it("needs no sudo for root", async () => {
    using home = makeHome();
    await using server = await TestServer.start({ env: { HOME: home.path, PATH: "/usr/bin:/bin" } });
    home.program("sudo", "exit 9");
    await using session = await open(server.connection());
    if (process.getuid?.() !== 0) return;
    expect(await session.exec(["id", "-u"], { label: "probe", asRoot: true })).toMatchObject({
      stdout: "0\n",
    });
  });

  it("has the system's PATH and a C locale, whatever sudo makes of them", async () => {
    const { result } = await exec({ mode: "free", argv: ["sh", "-c", "echo $PATH $LC_ALL"] });
    expect(result).toMatchObject({
      stdout: "/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin C\n",
    });
  });
});

describe("the input of a command as root", () => {
  const KEY = "tskey-auth-canary\n";
  it.each<[string, Case]>([
    ["asks for nothing", { mode: "free" }],
    ["asks for nothing, though there is a password", { mode: "free", given: "hunter22" }],
    ["asks for the password", { mode: "password", wanted: "hunter22", given: "hunter22" }],
  ])("passes a sudo that logs all input and %s, and nothing of it is left", async (_name, options) => {
    const { result, log, left } = await exec({ ...options, logged: true, stdin: KEY });
    expect(result).toMatchObject({ code: 1, stdout: `as root: yes\n${KEY}`, stderr: "" });
    expect(log.trim()).toBe("");
    expect(left).toEqual([]);
  });

  it("arrives whole, also when it is large, and is no hindrance when nobody reads it", async () => {
    const stdin = "0123456789abcde\n".repeat(200_000);
    const counted = await exec({ mode: "free", argv: ["wc", "-c"], stdin });
    expect(counted.result).toMatchObject({ code: 0, stdout: `${stdin.length}\n` });
    const unread = await exec({ mode: "password", wanted: "x1", given: "x1", argv: ["true"], stdin });
    expect(unread).toMatchObject({ result: { code: 0 }, left: [] });
  });

  it("can be opened again as /dev/stdin when all of it was sent, as the client does with its key", async () => {
    const argv = ["sh", "-c", "sleep 1; cat /dev/stdin"];
    expect(await exec({ mode: "free", argv, stdin: KEY })).toMatchObject({ result: { stdout: KEY } });
  });

  it("leaves no pipe behind when sudo refuses", async () => {
    for (const mode of ["denied", "password", "second-factor"] as const)
      expect(await exec({ mode, wanted: "right", given: "wrong" })).toMatchObject({ left: [] });
  });

  it("takes another way where one folder cannot be written, and is refused where there is none", async () => {
    const { result } = await exec({ mode: "free", env: { XDG_RUNTIME_DIR: "/nowhere" } });
    expect(result).toMatchObject({ stdout: "as root: yes\nthe key\n" });
    const seen = { user: "tester", group: "1", noSudo: false, noPipe: true, asked: 0 };
    expect(explainRefusal({ ...seen, exit: { code: 1 }, words: "", argv: [] }).message).toMatch(
      /no named pipe/,
    );
  });
});

describe("a command that is not for root", () => {
  it("leaves sudo alone", async () => {
    expect(await exec({ mode: "free", asRoot: false })).toMatchObject({
      result: { stdout: "as root: no\nthe key\n" },
    });
  });
});

describe("sudo that refuses", () => {
  it.each<[string, Case, string]>([
    [
      "it wants a password and there is none",
      { mode: "password" },
      "sudo asks tester for a password and the connection has none",
    ],
    [
      "the password is wrong",
      { mode: "password", wanted: "right", given: "wrong" },
      "sudo did not take the password of tester",
    ],
    [
      "the user may not use it",
      { mode: "not-in-sudoers", wanted: "right", given: "right" },
      "sudo lets tester not run commands as root",
    ],
    ["the command is not allowed", { mode: "denied" }, "sudo lets tester not run commands as root"],
    [
      "it asks for a second factor",
      { mode: "second-factor", wanted: "right", given: "right" },
      "sudo asks tester for more than the password: Verification code:",
    ],
    ["anything else", { mode: "broken" }, "sudo failed for tester: sudo: /etc/sudoers is world writable"],
  ])("is not-permitted, with the reason: %s", async (_name, options, detail) => {
    expect(await failureOf(options)).toMatchObject({ kind: "not-permitted", detail });
  });

  it("is not-permitted where there is no sudo", () => {
    const seen = {
      user: "tester",
      group: "1",
      noSudo: true,
      asked: 0,
      exit: { code: 1 },
      words: "",
      argv: [],
    };
    expect(explainRefusal(seen).message).toBe("tester is not root and the host has no sudo");
  });

  it("never reads the command's input as another password", async () => {
    const { passwords, message } = await failureOf({ mode: "password", wanted: "right", given: "wrong" });
    expect(passwords).toBe("wrong\n");
    expect(message).not.toContain("wrong\n");
  });

  it("never brings the command into the error", async () => {
    const { message } = await failureOf({ mode: "denied", argv: ["sh", "-c", "echo the-script"] });
    expect(message).not.toContain("the-script");
  });
});
