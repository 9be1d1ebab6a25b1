import { describe, expect, it } from "@jest/globals";
import { makeHome } from "./support/home";
import { TestServer, type ServerOptions } from "./support/server";
import { mustFail, open } from "./support/session";
import { shells } from "./support/shells";

/** One command on a server of its own. */
async function exec(argv: readonly string[], stdin?: string, server: ServerOptions = {}) {
  await using host = await TestServer.start(server);
  await using session = await open(host.connection());
  return await session.exec(argv, { label: "probe", stdin });
}

describe("the result of a command", () => {
  it("has exit status and both outputs", async () => {
    const result = await exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("names the signal that ended it", async () => {
    expect(await exec(["sh", "-c", "kill -9 $$"])).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  it("is 127 for a program that is not there", async () => {
    expect(await exec(["no-such-program"])).toMatchObject({ code: 127, stdout: "" });
  });

  it("comes though a daemon that the command started holds its output open", async () => {
    expect(await exec(["sh", "-c", "sleep 30 & echo started"])).toMatchObject({
      code: 0,
      stdout: "started\n",
    });
  });

  it("is whole when the command takes its time and reads nothing", async () => {
    expect(await exec(["sh", "-c", "sleep 0.3; echo late; exit 3"])).toEqual({
      code: 3,
      stdout: "late\n",
      stderr: "",
    });
  });

  it("holds output that was cut between two bytes of a character", async () => {
    expect((await exec(["sh", "-c", String.raw`printf '\303'; sleep 0.1; printf '\251\n'`])).stdout).toBe(
      "é\n",
    );
  });
});

describe("standard input", () => {
  const everything = `${Array.from({ length: 0x500 }, (_, code) => String.fromCharCode(code)).join("")}\r\n漢😀`;

  it("arrives as it is, a mebibyte of it", async () => {
    const stdin = everything.repeat(Math.ceil(2 ** 20 / Buffer.byteLength(everything)));
    const { stdout } = await exec(["cat"], stdin);
    expect(stdout === stdin).toBe(true);
  });

  it("is empty by default", async () => {
    expect(await exec(["cat"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("may be left unread", async () => {
    expect(await exec(["true"], everything.repeat(500))).toMatchObject({ code: 0 });
  });

  it("is kept from a login shell that ends without running the command", async () => {
    const thief = { shell: ["sh", "-c", "timeout 0.3 cat; exit 7", "sh"] };
    const error = await mustFail(exec(["cat"], "key-of-the-mesh", thief));
    expect(error.kind).toBe("not-permitted");
    expect(error.message).not.toContain("key-of-the-mesh");
  });
});

describe("the environment of a command", () => {
  it("finds programs in sbin, after those of the user", async () => {
    const { stdout } = await exec(["sh", "-c", "echo $PATH"], undefined, {
      env: { PATH: "/opt/mine:/usr/bin:/bin" },
    });
    expect(stdout).toBe(
      "/opt/mine:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin\n",
    );
  });

  it("speaks English, whatever the user's locale", async () => {
    const env = { LANG: "de_DE.UTF-8", LC_MESSAGES: "de_DE.UTF-8", LANGUAGE: "de" };
    const { stderr } = await exec(["ls", "/nonexistent"], undefined, { env });
    expect(stderr).toContain("No such file or directory");
  });

  it("has a umask that leaves files readable", async () => {
    const shell = ["sh", "-c", 'umask 077; eval "$1"', "sh"];
    expect((await exec(["sh", "-c", "umask"], undefined, { shell })).stdout).toMatch(/^0*22\n$/);
  });
});

describe.each(shells)("a login through a noisy $name", ({ argv }) => {
  it("adds nothing to the output", async () => {
    using home = makeHome();
    const noise = "echo noise; echo noise >&2";
    const env = home.env;
    home.write(".bashrc", `${noise}; printf unfinished`);
    home.write(".zshenv", `${noise}; printf unfinished`);
    home.write(".config/fish/config.fish", `${noise}; printf unfinished`);
    home.write(".tcshrc", "echo noise; echo -n unfinished\nset echo verbose");
    const { stdout, stderr } = await exec(["sh", "-c", "cat; echo err >&2"], "in\n", { shell: argv, env });
    expect({ stdout, stderr }).toEqual({ stdout: "in\n", stderr: "err\n" });
  });
});

describe("lines", () => {
  it("are passed on as they come, the last one also without its line feed", async () => {
    await using host = await TestServer.start();
    await using session = await open(host.connection());
    const lines: [string, number][] = [];
    const start = performance.now();
    const script = "printf 'one\\ntw'; sleep 0.3; printf 'o\\n\\nlast'";
    await session.exec(["sh", "-c", script], {
      label: "probe",
      onLine: (line) => lines.push([line, performance.now() - start]),
    });
    expect(lines.map(([line]) => line)).toEqual(["one", "two", "", "last"]);
    expect(lines[1]![1] - lines[0]![1]).toBeGreaterThan(200);
  });

  it("end the command when their listener throws", async () => {
    await using host = await TestServer.start();
    await using session = await open(host.connection());
    const onLine = () => {
      throw new Error("no more");
    };
    await expect(session.exec(["yes"], { label: "probe", onLine })).rejects.toThrow("no more");
  });
});

describe("what cannot be run", () => {
  it.each([
    ["no program", [], "there is no program to run"],
    ["a NUL byte", ["echo", "a\0b"], "an argument holds a NUL byte"],
    ["more than a command line holds", ["echo", "a".repeat(200_000)], "its arguments are too long"],
  ])("is refused with its step: %s", async (_name, argv, message) => {
    const error = await mustFail(exec(argv));
    expect({ kind: error.kind, detail: error.detail }).toEqual({
      kind: "invalid-config",
      detail: `probe: ${message}`,
    });
  });

  it("is explained with what the login says instead", async () => {
    const shell = ["sh", "-c", "echo 'Please login as the user \"admin\"'; exit 142", "sh"];
    const error = await mustFail(exec(["true"], "", { shell }));
    expect(error.message).toBe(
      'web-1: not permitted: the login of tester runs no commands: Please login as the user "admin". Give the user a login shell, or set the connection\'s user to one that may run commands.',
    );
  });

  it("is explained with the start files where the login shell becomes another one", async () => {
    const error = await mustFail(exec(["true"], "", { shell: ["sh", "-c", "exec cat", "sh"] }));
    expect(error.detail).toBe("the login of tester runs no commands: it ended with exit status 0");
    expect(error.remedy).toMatch(/start files .*~\/\.bashrc.* ends in exec or exit/);
  });

  it("is explained with the password where that has expired", async () => {
    const words = "WARNING: Your password has expired.\nPassword change required but no TTY available.";
    const error = await mustFail(
      exec(["true"], "", { shell: ["sh", "-c", `echo '${words}' >&2; exit 1`, "sh"] }),
    );
    expect(error.detail).toContain("Password change required");
    expect(error.remedy).toMatch(/^Set a new password/);
  });

  it("never shows the command in an error, even when the login repeats it", async () => {
    const shell = ["sh", "-c", 'echo "unknown command: $1" >&2; exit 1', "sh"];
    const error = await mustFail(exec(["echo", "a-long-argument"], "", { shell }));
    expect(error.message).not.toContain("a-long-argument");
    expect(error.message).not.toContain("LC_ALL");
  });
});
