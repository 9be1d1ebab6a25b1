import { describe, expect, it } from "@jest/globals";
import { installSudo } from "./support/fake-sudo";
import { makeHome } from "./support/home";
import { mustFail, open } from "./support/session";

describe("this machine", () => {
  it("runs a program with arguments and input as they are", async () => {
    await using session = await open("local");
    const odd = ["it's", '"$HOME" `x` \\ !!', "\n", "", "é😀"];
    const result = await session.exec(["sh", "-c", 'printf "%s|" "$@"; cat; exit 4', "sh", ...odd], {
      label: "probe",
      stdin: "input",
    });
    expect(result).toEqual({ code: 4, stdout: `${odd.map((word) => `${word}|`).join("")}input`, stderr: "" });
    expect(session.hostKey).toBeUndefined();
  });

  it("hands on a login's environment, never the program's", async () => {
    const env = { PATH: "/usr/bin:/bin", HOME: "/tmp", TS_AUTHKEY: "tskey-auth-canary", LANG: "de_DE.UTF-8" };
    await using session = await open("local", { env });
    const { stdout } = await session.exec(["env"], { label: "probe" });
    expect(stdout).not.toContain("canary");
    expect(stdout).toContain("LC_ALL=C\n");
    expect(stdout).toContain("PATH=/usr/bin:/bin:/usr/local/sbin:");
  });

  it("becomes root through sudo, or says why not", async () => {
    using home = makeHome();
    installSudo(home, "free");
    await using free = await open("local", { env: home.env });
    const argv = ["sh", "-c", "echo $AS_ROOT; cat"];
    expect(await free.exec(argv, { label: "probe", asRoot: true, stdin: "in" })).toMatchObject({
      stdout: "yes\nin",
    });
    installSudo(home, "password", "right");
    const error = await mustFail(free.exec(argv, { label: "probe", asRoot: true }));
    expect(error.kind).toBe("not-permitted");
    expect(error.detail).toContain("for a password and the connection has none");
  });

  it("ends what takes too long, and what is stopped", async () => {
    await using session = await open("local");
    const late = mustFail(
      session.exec(["sh", "-c", "sleep 10; sleep 10"], { label: "install", timeoutMs: 600 }),
    );
    expect((await late).detail).toBe("install took longer than 0.6 s and was ended");
    await using stopped = await open("local", { signal: AbortSignal.timeout(100) });
    expect((await mustFail(stopped.exec(["sleep", "10"], { label: "join" }))).detail).toBe(
      "join was stopped",
    );
  });

  it("knows a program that is not there by its exit status", async () => {
    await using session = await open("local");
    expect(await session.exec(["no-such-program"], { label: "probe" })).toMatchObject({ code: 127 });
  });

  it("refuses arguments that are too long", async () => {
    await using session = await open("local");
    const error = await mustFail(session.exec(["echo", "a".repeat(3_000_000)], { label: "probe" }));
    expect(error.detail).toBe("probe: its arguments are too long");
  });
});
