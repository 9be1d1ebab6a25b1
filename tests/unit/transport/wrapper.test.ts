import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { afterAll, describe, expect, it } from "@jest/globals";
import { buildCommandLine } from "../../../transport/exec/command-line";
import { wrap, type Privilege } from "../../../transport/exec/wrapper";
import { installSudo } from "./support/fake-sudo";
import { makeHome } from "./support/home";
import { shells } from "./support/shells";

const home = makeHome();
installSudo(home, "free");
afterAll(() => home[Symbol.dispose]());

// /bin/sh is another shell on each distribution: dash, bash, busybox, ...
const posix = shells
  .filter(({ name }) => !["fish", "tcsh"].includes(name))
  .map(({ name, argv }) => {
    const folder = home.at(name.replace(" ", "-"));
    mkdirSync(folder);
    symlinkSync(argv[0], `${folder}/sh`);
    return { name, sh: `${folder}/sh` };
  });

describe.each(posix)("a host whose /bin/sh is $name", ({ sh }) => {
  const odd = ["it's", '$HOME `x` \\ "!"', "\n", "", "é漢😀", "-n", "*"];

  /** Runs the whole wrapper as a login would, with `sh` in place of /bin/sh. */
  const run = (privilege: Privilege, input?: string) => {
    const wrapped = wrap(
      input === undefined ? ["printf", "%s|", ...odd] : ["cat"],
      "mark",
      privilege,
      input !== undefined,
    ).map((part) => part.replaceAll("/bin/sh", sh));
    const line = buildCommandLine(wrapped).replace("/bin/sh", sh);
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], {
      env: home.env,
      encoding: "utf8",
      input: input ?? "",
    });
    return { stdout, stderr: stderr.replace(/:\d+;/, ":PID;") };
  };
  const printed = odd.map((word) => `${word}|`).join("");

  it("starts the command after its marks", () => {
    expect(run("login")).toEqual({ stdout: `mark:start;${printed}`, stderr: "mark:ready:PID;mark:start;" });
  });

  it("feeds it past sudo", () => {
    const fed = { stdout: "mark:start;the key\n", stderr: "mark:ready:PID;mark:start;" };
    expect(run("sudo", "the key\n")).toEqual(fed);
    const framed = run("sudo-password", "ppassword\n.\nthe key\n");
    expect(framed.stdout).toBe("mark:framed;mark:start;the key\n");
    expect(framed.stderr).toBe("mark:ready:PID;mark:framed;mark:start;");
  });

  it("starts it through sudo", () => {
    expect(run("sudo")).toEqual({ stdout: `mark:start;${printed}`, stderr: "mark:ready:PID;mark:start;" });
  });
});
