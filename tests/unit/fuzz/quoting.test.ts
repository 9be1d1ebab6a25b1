/** Fuzz: what a real shell makes of a command line, and what the host scripts make of their arguments. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect } from "@jest/globals";
import { INSTALL_SCRIPTS, installScript } from "../../../providers/tailnet/install/scripts";
import { HOST_SCRIPTS, hostScript } from "../../../providers/tailnet/scripts";
import { buildCommandLine } from "../../../transport/exec/command-line";
import { wrap } from "../../../transport/exec/wrapper";
import { nastyText, property } from "./support";

const home = mkdtempSync(join(tmpdir(), "pulumi-mesh-fuzz-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const word = nastyText.filter((text) => !text.includes("\0"));
const words = fc.array(word, { minLength: 1, maxLength: 6 });
const BATCH = 100;
const batch = fc.array(words, { minLength: BATCH, maxLength: BATCH });

/** Runs a script of command lines in one shell; what they print. */
function shell(script: string, path: string): string {
  const env = { PATH: path, HOME: home };
  const { stdout, status } = spawnSync("/bin/sh", [], { input: script, env, cwd: home, encoding: "utf8" });
  expect(status).toBe(0);
  expect(existsSync(join(home, "pwned"))).toBe(false);
  return stdout;
}

property(
  "every argument arrives as it is, through a real /bin/sh",
  { values: batch, share: 180, batch: BATCH },
  (cases) => {
    const lines = cases.map((argv) => buildCommandLine(["printf", "%s\\0", ...argv, "\u0001end"]));
    // Each in a shell of its own, as a login shell would be: the command line says exec.
    const output = shell(lines.map((line) => `( ${line} ) </dev/null\n`).join(""), "/usr/bin:/bin");
    const seen = output.split("\u0001end\0").slice(0, -1);
    expect(seen.map((part) => part.split("\0").slice(0, -1))).toEqual(cases);
  },
);

const scriptTexts = [...HOST_SCRIPTS.map(hostScript), ...INSTALL_SCRIPTS.map(installScript)];

property(
  "every script and its arguments arrive as they are, with the wrapper around them",
  {
    values: fc.tuple(
      fc.constantFrom(...scriptTexts),
      words,
      fc.constantFrom("login", "sudo", "sudo-password"),
    ),
    share: 10,
  },
  ([script, args, privilege]) => {
    const argv = wrap(["sh", "-c", script, "pulumi-mesh", ...args], "mesh-0", privilege);
    const output = shell(`${buildCommandLine(["printf", "%s\\0", ...argv])}\n`, "/usr/bin:/bin");
    expect(output.split("\0").slice(0, -1)).toEqual(argv);
  },
);

/** A host on which every program that a script calls writes down its arguments instead. */
function fakeHost(): string {
  const folder = join(home, "bin");
  mkdirSync(folder, { recursive: true });
  const status = '{"BackendState":"Running","Self":{"DNSName":"x.y.","TailscaleIPs":["100.64.0.1"]}}';
  const programs: Record<string, string> = {
    tailscale: `for a in "$@"; do printf '%s\\0' "$a"; done >>"$HOME/argv"\n[ "$1" = status ] && echo '${status}'\nexit 0`,
    sleep: "exit 0",
    systemctl: "exit 0",
    "apt-get": "exit 0",
    "apt-cache": "exit 0",
  };
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:/usr/bin:/bin`;
}
const path = fakeHost();
/** Where a script looks for a place for its lock. */
const LOCK_FOLDERS = "for own in /run /var/run /var/lib; do";

/** Those that take values of the user as arguments and change nothing outside tailscale. */
const TAKE_VALUES = ["login", "change", "await-node", "switch-back", "forget-profile"] as const;

property(
  "no script evaluates an argument: tailscale gets each as it is",
  { values: fc.tuple(fc.constantFrom(...TAKE_VALUES), words), share: 10 },
  ([name, args]) => {
    rmSync(join(home, "argv"), { force: true });
    // Its own lock: other tests on this machine have theirs.
    const script = hostScript(name).replace(LOCK_FOLDERS, `for own in ${home}; do`);
    expect(script).not.toContain(LOCK_FOLDERS);
    shell(
      `${buildCommandLine(["sh", "-c", script, "pulumi-mesh", name === "login" ? "login" : "x", ...args])} </dev/null\n`,
      path,
    );
    const seen = readFileSync(join(home, "argv"), "utf8");
    if (name === "login" || name === "change")
      expect(seen).toContain(args.map((each) => `${each}\0`).join(""));
  },
);
