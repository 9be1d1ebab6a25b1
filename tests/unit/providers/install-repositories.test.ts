/** What the install scripts do to the repositories that a host has already: the real scripts, below a folder of their own. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { installScript } from "../../../providers/tailnet/install/scripts";
import { ARCHIVE_KEY } from "../../../providers/tailnet/install/archive-key";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "repositories-"));
  for (const name of ["cloud-init", "dpkg", "systemctl", "rpm", "zypper"]) program(name, "exit 1");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}
const program = (name: string, body: string) => write(`bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
const text = (path: string) => readFileSync(join(root, path), "utf8");
/** Every file below `path`, with its text. */
const tree = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(root.length), readFileSync(file, "base64")]),
  );

/** Runs the script with its paths below `root`, fakes before all programs, and without a daemon. */
function run(script: string, ...args: string[]): string {
  const relocated = script
    .replaceAll(/(?<=[\s"'=(])\/(?=(etc|var|usr|opt|run)\/)/g, `${root}/`)
    .replace(
      /^lock$/m,
      "lock() { :; }; probe() { :; }; finish() { done_with 0; }; stop_service() { :; }; drop_service() { :; }",
    );
  const env = { PATH: `${join(root, "bin")}:/usr/bin:/bin` };
  return spawnSync("sh", ["-c", relocated, "sh", ...args], { encoding: "utf8", env }).stdout;
}

describe("apt, with a mirror on the host that the host has its Debian from", () => {
  const MIRROR = "https://mirror.corp.example";
  const OURS = `${MIRROR}/stable/debian`;
  const LIST = `deb ${MIRROR}/debian bookworm main
deb [signed-by=/etc/vpn.gpg arch=amd64] ${OURS} bookworm main
# a comment
deb-src ${MIRROR}/stable/debian-security bookworm main
deb ${MIRROR}/stable/debianfoo bookworm main
deb https://mirrorXcorp.example/stable/debian bookworm main
`;
  const SOURCES = `Types: deb
URIs: ${MIRROR}/debian
Suites: bookworm
Components: main

Types: deb
URIs:
 ${OURS}/
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
URIs: ${MIRROR}/debian ${OURS}
Suites: trixie
Components: main
`;
  const installApt = () =>
    run(installScript("apt"), OURS, "bookworm", "", ARCHIVE_KEY, "", join(root, "usr/share/keyrings/t.gpg"));

  beforeEach(() => {
    write("etc/apt/sources.list", LIST);
    write("etc/apt/sources.list.d/vpn.sources", SOURCES);
    write("usr/share/keyrings/other.gpg", "x");
    program("apt-cache", "echo '  Candidate: 1.102.0'");
    program("apt-get", "exit 0");
  });
  const disabled = (file: string) =>
    text(file)
      .split("\n")
      .filter((line) => line.startsWith("# disabled by pulumi-mesh"))
      .map((line) => line.replace(/^.*has it: /, ""));

  it("turns off the entries of this repository alone, and says so", () => {
    const output = installApt();
    expect(output).toContain(`#sh>disabling the entry of ${OURS} in ${root}/etc/apt/sources.list`);
    expect(output).toContain("vpn.sources");
    expect(disabled("etc/apt/sources.list")).toEqual([LIST.split("\n")[1]]);
    expect(disabled("etc/apt/sources.list.d/vpn.sources")).toEqual(SOURCES.split("\n").slice(5, 14));
    expect(text("etc/apt/sources.list.d/tailscale.list")).toContain(OURS);
  });

  it("leaves apt's sources as they were when it fails, a former tailscale.list and its key among them", () => {
    program("apt-get", 'case "$*" in *update*) exit 100 ;; esac');
    const fresh = tree("etc");
    expect(installApt()).toContain("is back");
    expect(tree("etc")).toEqual(fresh);
    write("etc/apt/sources.list.d/tailscale.list", `deb [trusted=yes] ${MIRROR}/unstable/debian sid main\n`);
    write("usr/share/keyrings/t.gpg", "\0binary\n");
    const before = { ...tree("etc"), ...tree("usr") };
    installApt();
    expect({ ...tree("etc"), ...tree("usr") }).toEqual(before);
  });

  it("puts them back when the client is uninstalled, and after a run that was cut", () => {
    const before = tree("etc");
    installApt();
    expect(tree("etc")).not.toEqual(before);
    run(installScript("uninstall"));
    expect(tree("etc")).toEqual(before);
    installApt(); // as if cut after it
    program("apt-get", 'case "$*" in *update*) exit 100 ;; esac');
    installApt();
    expect(tree("etc")).toEqual(before);
  });

  it("leaves the key that an entry names which it puts back, also where a package brought it", () => {
    const key = join(root, "usr/share/keyrings/tailscale-archive-keyring.gpg");
    const purged = join(root, "purged");
    program("dpkg", `case "$*" in *archive-keyring*) rm -f ${key}; : >${purged} ;; *) exit 1 ;; esac`);
    write("var/lib/dpkg/info/tailscale-archive-keyring.list", key);
    const install = () => run(installScript("apt"), OURS, "bookworm", "", ARCHIVE_KEY, "", key);
    write("etc/apt/sources.list.d/vpn.list", `deb [signed-by=${key}] ${OURS} bookworm main\n`);
    install();
    expect(disabled("etc/apt/sources.list.d/vpn.list")).toHaveLength(1);
    expect(run(installScript("uninstall"))).toContain(`${key} stays: an entry of apt names it`);
    expect(disabled("etc/apt/sources.list.d/vpn.list")).toEqual([]);
    expect([existsSync(key), existsSync(purged)]).toEqual([true, false]);
    write("etc/apt/sources.list.d/vpn.list", `# deb [signed-by=${key}] ${OURS} bookworm main\n`);
    install();
    run(installScript("uninstall"));
    expect([existsSync(key), existsSync(purged)]).toEqual([false, true]);
  });
});

describe.each([
  ["dnf", installScript("dnf"), "etc/yum.repos.d"],
  ["zypper", installScript("zypper"), "etc/zypp/repos.d"],
])("%s", (manager, script, folder) => {
  const OFFICIAL = "[tailscale-stable]\nname=by hand\nbaseurl=https://pkgs.tailscale.com/stable/fedora\n";
  const OWN = "[tailscale-internal]\nname=the company's\nbaseurl=https://mirror.corp.example/internal\n";
  const install = () =>
    run(script, manager, "https://mirror.corp.example/stable/x", "tailscale-stable", "", "key", "");

  beforeEach(() => {
    write(`${folder}/tailscale-stable.repo`, OFFICIAL);
    write(`${folder}/tailscale-internal.repo`, OWN);
  });

  it("replaces the files of this repository, and no other whose name is like it", () => {
    program(manager, "exit 0");
    program("rpm", 'case "$1" in -q) exit 1 ;; esac');
    install();
    expect(readdirSync(join(root, folder)).sort()).toEqual(["tailscale-internal.repo", "tailscale.repo"]);
    run(installScript("uninstall"));
    expect(readdirSync(join(root, folder))).toEqual(["tailscale-internal.repo"]);
  });

  it("leaves repositories and key as they were when it fails, also after a run that was cut", () => {
    program(manager, "exit 1");
    program("rpm", 'case "$1" in -q) exit 1 ;; esac');
    write("etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale", "former key\n");
    const before = tree("etc");
    install();
    expect(tree("etc")).toEqual(before);
    program(manager, "kill -9 $PPID");
    install();
    expect(tree("etc")).not.toEqual(before);
    program(manager, "exit 1");
    install();
    expect(tree("etc")).toEqual(before);
  });
});

describe("apk", () => {
  const MAIN = "https://mirror.corp.example/v3.20/main";
  const install = () => run(installScript("apk"), "", "", "");

  it("has no other repositories than before when it fails; a community repository that was used stays", () => {
    write("etc/apk/repositories", MAIN); // without an end of line
    program("apk", 'case "$*" in *" add "*) exit 1 ;; esac');
    install();
    expect(text("etc/apk/repositories")).toBe(`${MAIN}\n`);
    program("apk", 'case "$*" in *info*) exit 1 ;; esac');
    install();
    expect(text("etc/apk/repositories")).toBe(`${MAIN}\n${MAIN.replace("main", "community")}\n`);
  });

  it("leaves a community repository that was there alone", () => {
    const both = `${MAIN}\nhttps://mirror.corp.example/v3.20/community\n`;
    write("etc/apk/repositories", both);
    program("apk", 'case "$*" in *" add "*) exit 1 ;; esac');
    install();
    run(installScript("uninstall"));
    expect(text("etc/apk/repositories")).toBe(both);
  });
});
