/** The scripts that go to hosts: any POSIX shell reads them, and each one fits into a command with its arguments. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { INSTALL_SCRIPTS, installScript } from "../../../providers/tailnet/install/scripts";
import { HOST_SCRIPTS, hostScript } from "../../../providers/tailnet/scripts";
import { ARCHIVE_KEY, ARCHIVE_KEY_FINGERPRINT } from "../../../providers/tailnet/install/archive-key";
import { installFailed } from "../../../providers/tailnet/install/errors";
import { whatIsMissing } from "../../../providers/tailnet/install/missing";
import { INSTALLER, RUNNER } from "./shell-functions";
import { parseFacts } from "../../../providers/tailnet/probe/facts";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { buildCommandLine } from "../../../transport/exec/command-line";
import { wrap } from "../../../transport/exec/wrapper";

/** Those that take a mirror's key. */
const TAKE_KEY: readonly string[] = ["apt", "dnf", "zypper"];
const SCRIPTS: readonly (readonly [string, string, readonly string[]])[] = [
  ...INSTALL_SCRIPTS.map(
    (name) => [name, installScript(name), TAKE_KEY.includes(name) ? [ARCHIVE_KEY] : []] as const,
  ),
  ...HOST_SCRIPTS.map((name) => [name, hostScript(name), []] as const),
  ["services/run", RUNNER, []],
];
/** The most that Linux takes as one argument, which a command over SSH is. */
const ARGUMENT_LIMIT = 128 * 1024;

describe.each(SCRIPTS)("%s", (_name, script, args) => {
  it("is a POSIX shell script", () => {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(script).not.toMatch(/^\s*(local|function|source) |<<<|\[\[ [^:]/m);
  });

  it("fits into a command, also under a guard and with a mirror's key of the greatest length", () => {
    const longest = ["x".repeat(300), ...args.map(() => "a+/\n".repeat(2_500))];
    const guarded = [
      hostScript("guarded"),
      "pulumi-mesh",
      hostScript("keeper"),
      "x".repeat(36),
      "45",
      "",
      script,
      ...longest,
    ];
    const sent = buildCommandLine(wrap(["sh", "-c", ...guarded], "mesh-0123456789abcdef", "sudo-password"));
    // Room for what an admin's own wrapper of a login shell or of sudo adds.
    expect(sent.length).toBeLessThan(ARGUMENT_LIMIT * 0.6);
  });
});

/** Runs shell code after the functions of the installer. */
function shell(code: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout } = spawnSync("sh", ["-c", `${INSTALLER}\n${code}`, "sh", ...args], {
    encoding: "utf8",
  });
  return { code: status, output: stdout };
}

describe("an installation that fails", () => {
  const failing = (kilobytes: string) =>
    shell(
      'probe() { :; }; df() { [ "$1" = -P ] || return; printf "Filesystem\\nx 9 9 %s 9 /tmp\\n" "$kilobytes"; }; kilobytes=$1; fail',
      kilobytes,
    ).output;

  it("says that a disk is full: to apt its signatures look bad then", () => {
    const output = failing("0");
    expect(output).toMatch(/^E: No space left on device: \/tmp$/m);
    const bad = `W: GPG error: https://m bookworm InRelease: At least one invalid signature\n${output}`;
    const error = installFailed("web-1", "apt repository", bad, { method: "auto" });
    expect(error.message).toMatch(/the host's disk is full; .*\/tmp/);
  });

  it("says that a disk has room for no more files, and nothing of one that does not count them", () => {
    const df = (total: number) =>
      shell(
        `probe() { :; }; df() { case "$1" in -Pi) printf "Filesystem\\nx ${total} 9 0 9 /tmp\\n" ;; *) printf "Filesystem\\nx 9 9 999999 9 /\\n" ;; esac; }; fail`,
      ).output;
    expect(df(9)).toMatch(/^E: No space left on device, for want of inodes: \/tmp$/m);
    expect(df(0)).not.toContain("space");
  });

  it("says nothing of an image that is only read, as the root of an ostree host, and has no room by nature", () => {
    const mounts = join(mkdtempSync(join(tmpdir(), "mounts-")), "mounts");
    writeFileSync(
      mounts,
      "composefs / overlay ro,relatime 0 0\n/dev/sda1 /var xfs rw,errors=remount-ro 0 0\n",
    );
    const lines = "composefs 9 9 0 100 /\nx 9 9 0 100 /var\n";
    const code = `probe() { :; }; df() { printf 'Filesystem\n${lines.replaceAll("\n", "\\n")}'; }; fail`;
    const { stdout } = spawnSync("sh", ["-c", INSTALLER.replaceAll("/proc/mounts", mounts) + code], {
      encoding: "utf8",
    });
    expect(stdout).toContain("E: No space left on device: /var\n");
    expect(stdout).toContain("for want of inodes: /var\n");
  });

  it.each(["512", "-"])("says nothing of a disk with %j kilobytes", (kilobytes) => {
    expect(failing(kilobytes)).not.toContain("space");
  });
});

describe("a probe", () => {
  const endless = "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | tr -d '\\n' | head -c 8000000";
  /** Runs the probe where these programs are found first, and os-release and the machine's id are huge. */
  function probeWith(programs: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "probe-"));
    try {
      for (const [name, body] of Object.entries(programs))
        writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      writeFileSync(join(folder, "huge"), `NAME=Debian\nID=debian\n${"x".repeat(5_000_000)}\n`);
      const script = hostScript("probe").replaceAll(/\/etc\/(os-release|machine-id)/g, join(folder, "huge"));
      const { stdout } = spawnSync(
        "sh",
        ["-c", `${script.replace("answers() {", "answers() { return; ")}`, "m"],
        {
          encoding: "utf8",
          env: { PATH: `${folder}:${process.env["PATH"]}`, SSH_CONNECTION: "1.2.3.4 5 6.7.8.9 22" },
          maxBuffer: 20_000_000,
        },
      );
      return stdout;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const factsOf = (stdout: string) => parseFacts("web-1", parseSections(stdout, "m"));

  it("is bounded, whatever programs and files of the host hold", () => {
    const exitNode = '{"ExitNodeStatus":{"Online":true,"TailscaleIPs":["100.64.0.9/32"]}}';
    const client = `case "$1" in status) printf '%s' '${exitNode}' ;; debug) echo '{}' ;; *) ${endless} ;; esac`;
    const stdout = probeWith({ tailscale: client, ip: `printf ' dev '; ${endless}`, "cloud-init": endless });
    expect(stdout.length).toBeLessThan(1024 * 1024);
    expect(stdout).toContain("#m:end");
  });

  it("says which program prints without end, as an error of the right kind", () => {
    const version = factsOf(probeWith({ tailscale: `[ "$1" = version ] || exit 0\n${endless}` }));
    expect(version.os.id).toBe("debian");
    expect(whatIsMissing(version, { method: "skip" })?.text).toMatch(/tailscale does not run$/);
    const status = probeWith({ tailscale: `[ "$1" = status ] || exit 0\n${endless}` });
    expect(() => factsOf(status)).toThrow(
      /^web-1: join failed: `tailscale status --json` printed more than 1 MB\. /,
    );
    const prefs = probeWith({
      tailscale: `[ "$1" = debug ] || { echo "{\\"BackendState\\":\\"Stopped\\"}"; exit 0; }\n${endless}`,
    });
    expect(() => factsOf(prefs)).toThrow(/join failed: `tailscale debug prefs` printed more than 1 MB/);
  });
});

describe("a login that a daemon comes up with", () => {
  it.each([
    [
      "of a client that is logged in",
      '{\n "_current-profile": "eA==",\n "_machinekey": "eA==",\n "profile-a90d": "e30="\n}',
      true,
    ],
    ["of a client that has logged out", '{\n "_machinekey": "eA==",\n "_profiles": "e30="\n}', false],
    ["of a client that never logged in", "{}", false],
    ["in a state that cannot be read", '{"version":1,"data":"c2VhbGVk"}', true],
    ["without a state", "", false],
  ])("%s: %s", (_, state, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "state-"));
    try {
      writeFileSync(join(folder, "tailscaled.state"), state);
      const script = `${INSTALLER.replaceAll("/var/lib/tailscale", folder)}\nstored_login`;
      const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
      expect(stdout).toBe(expected ? "stored_login=yes\n" : "");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("older", () => {
  it.each([
    ["1.98.1", "1.102.0", true],
    ["1.102.0", "1.98.1", false],
    ["1.102.0", "1.102.0", false],
    ["1.102", "1.102.1", true],
  ])("than: %s, %s: %s", (a, b, expected) => {
    expect(shell('older "$1" "$2"', a, b).code === 0).toBe(expected);
  });
});

describe("not_below", () => {
  it.each([
    ["1.102.0", "1.103.0", false],
    ["1:1.102.0-1ubuntu1", "1.102.0", true],
    ["1.102.0-r0", "1.102.1", false],
    ["1.103.45-t0123-gabc", "1.102.0", true],
    ["(none)", "1.102.0", true],
    ["", "1.102.0", true],
    ["1.9.0", "", true],
  ])("%s is not below %s: %s", (newest, lowest, expected) => {
    const { code, output } = shell('not_below "$1" "$2"', newest, lowest);
    expect(code === 0).toBe(expected);
    if (!expected) expect(output).toMatch(/^the newest version there, [0-9.]+, is below /);
  });
});

it("the newest version is found in the server's index, whatever its white space", () => {
  const [, line = ""] = /^( *version=\$\(tr -d.*)$/m.exec(installScript("tarball")) ?? [];
  const files = { amd64: "tailscale_1.102.0_amd64.tgz", "386": "tailscale_1.102.0_386.tgz" };
  for (const indent of [undefined, 2]) {
    const index = JSON.stringify(
      { Tarballs: files, TarballsVersion: "1.102.0", Exes: ["x.exe"] },
      undefined,
      indent,
    );
    const code = `new=$(mktemp -d); arch=amd64; printf '%s' "$1" >"$new/list"\n${line}\nrm -rf "$new"; printf %s "$version"`;
    expect(shell(code, index).output).toBe("1.102.0");
  }
});

it("the pinned key becomes a binary keyring without gnupg", () => {
  const [, pipe = ""] = /^ *(printf '%s\\n' "\$key" \| sed .* base64 -d)/m.exec(installScript("apt")) ?? [];
  const { status, stdout } = spawnSync("sh", ["-c", `key=$1; ${pipe}`, "sh", ARCHIVE_KEY]);
  expect(status).toBe(0);
  // A public key packet of the old format, version 4; the fingerprint is in the signature's packet.
  expect(stdout.subarray(0, 4).toString("hex")).toBe("99020d04");
  expect(stdout.toString("hex")).toContain(ARCHIVE_KEY_FINGERPRINT.toLowerCase());
});
