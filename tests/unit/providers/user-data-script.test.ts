/** What the script of the user-data does on a machine: the real one, below a folder of its own, with fakes of all programs. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { ARCHIVE_KEY } from "../../../providers/tailnet/install/archive-key";
import { findSystem } from "../../../providers/tailnet/install/systems";
import { readScript } from "../../../shell-scripts";
import { temporaryFolder } from "../../support/temporary-folder";
import { factsOf, osRelease } from "./os-release";

const URL = "https://pkgs.tailscale.com/stable";

let root: string;
beforeEach(() => {
  root = temporaryFolder("machine");
  for (const folder of ["bin", "etc/apt/sources.list.d", "etc/yum.repos.d", "etc/zypp/repos.d", "run"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ["apt-get", "dnf", "zypper", "rpm", "systemctl", "sleep"]) program(name, "");
  program("tailscale", `case "$1" in status) echo '{"Self": {"Tags": ["tag:web", "tag:db"]}}' ;; esac`);
  writeFileSync(join(root, "key.asc"), ARCHIVE_KEY);
  writeFileSync(join(root, "run/secret"), "hskey-auth-a-b");
});

/** Says what it was called with, each argument in brackets. */
const program = (name: string, body: string) =>
  writeFileSync(
    join(root, "bin", name),
    `#!/bin/sh\n{ printf '%s' ${name}; printf ' [%s]' "$@"; echo; } >>${root}/calls\n${body}\n`,
    { mode: 0o755 },
  );
const text = (path: string) => readFileSync(join(root, path), "utf8");
const calls = () => (existsSync(join(root, "calls")) ? text("calls").trim().split("\n") : []);
const called = (what: string) => calls().filter((line) => line.startsWith(what));

interface Machine {
  readonly os?: string;
  readonly url?: string;
  readonly version?: string;
  readonly tags?: string;
  readonly rest?: readonly string[];
}

function run({ os = "debian 12 codename=bookworm", url = URL, version = "", tags = "", rest = [] }: Machine) {
  writeFileSync(join(root, "etc/os-release"), osRelease(os));
  const script = readScript("providers/tailnet/user-data/join.sh").replaceAll(
    /(?<=[\s"'=>])\/(?=(etc|run)\/)/g,
    `${root}/`,
  );
  const args = [
    url,
    version,
    `${root}/key.asc`,
    `${root}/keyrings/k.gpg`,
    tags,
    `${root}/run/secret`,
    ...rest,
  ];
  const env = { PATH: `${root}/bin:/usr/bin:/bin` };
  const { status, stdout } = spawnSync("sh", ["-c", script, "sh", ...args], { encoding: "utf8", env });
  return { status, stdout };
}

describe("the script of the user-data", () => {
  it("installs, starts, logs in and sets, each argument as it is; the secret is gone", () => {
    const hostile = `it's $(reboot) "x" \\`;
    const rest = [`--auth-key=file:${hostile}`, "--timeout=60s", "--", `--nickname=${hostile}`, "--"];
    expect(run({ tags: "tag:db,tag:web", rest })).toMatchObject({ status: 0 });
    expect(called("tailscale [up]")).toEqual([`tailscale [up] [--auth-key=file:${hostile}] [--timeout=60s]`]);
    expect(called("tailscale [set]")).toEqual([`tailscale [set] [--nickname=${hostile}] [--]`]);
    expect(called("systemctl")).toEqual(["systemctl [enable] [--now] [tailscaled]"]);
    expect(text("etc/apt/sources.list.d/tailscale.list")).toBe(
      `deb [signed-by=${root}/keyrings/k.gpg] ${URL}/debian bookworm main\n`,
    );
    expect(existsSync(join(root, "run/secret"))).toBe(false);
  });

  it("sets nothing where nothing is to be set", () => {
    expect(run({ rest: ["--timeout=60s", "--"] }).status).toBe(0);
    expect(called("tailscale [set]")).toEqual([]);
  });

  it("tries again while the network comes up", () => {
    program("tailscale", `[ "$1" != up ] || [ "$(grep -c '\\[up\\]' ${root}/calls)" -ge 3 ]`);
    expect(run({ rest: ["--"] }).status).toBe(0);
    expect(called("tailscale [up]")).toHaveLength(3);
  });

  it("fails when it cannot log in, and the secret is gone all the same", () => {
    program("tailscale", `[ "$1" != up ]`);
    expect(run({ rest: ["--"] })).toEqual({ status: 1, stdout: "pulumi-mesh: cannot log in\n" });
    expect(existsSync(join(root, "run/secret"))).toBe(false);
  });

  it("fails when the key did not bring a tag", () => {
    const { status, stdout } = run({ tags: "tag:web,tag:we", rest: ["--"] });
    expect(status).toBe(1);
    expect(stdout).toContain("without tag:we:");
  });

  it("fails when a signature is refused, before anything is installed", () => {
    program("apt-get", `case "$*" in *update*) exit 100 ;; esac`);
    expect(run({ rest: ["--"] })).toMatchObject({ status: 1 });
    expect(calls().filter((line) => line.includes("[install]"))).toEqual([]);
    expect(called("tailscale")).toEqual([]);
  });

  it("takes the version that is asked for, also a lower one", () => {
    run({ version: "1.98.1", rest: ["--"] });
    expect(called("apt-get").at(-1)).toMatch(/\[--allow-downgrades\] \[install\] \[tailscale=1\.98\.1\]$/);
  });

  it("installs nothing where the image has the client, and says so where it has not", () => {
    expect(run({ url: "", rest: ["--"] }).status).toBe(0);
    expect(called("apt-get")).toEqual([]);
    rmSync(join(root, "bin/tailscale"));
    expect(run({ url: "", rest: ["--"] })).toEqual({
      status: 1,
      stdout: "pulumi-mesh: the image has no client\n",
    });
  });
});

describe("the repository of a system is that which is chosen over SSH", () => {
  it.each([
    "debian 12 codename=bookworm",
    "raspbian 12 codename=bookworm",
    "ubuntu 24.04 codename=noble ubuntu=noble",
    "pop 22.04 codename=jammy ubuntu=jammy",
    "fedora 41",
    "rocky 9.4",
    "almalinux 9.4",
    "rhel 9.4",
    "centos 9",
    "ol 8.9",
    "amzn 2023",
    "opensuse-leap 15.6",
    "sles 15.6",
    "opensuse-tumbleweed 20240101",
  ])("%s", (os) => {
    expect(run({ os, rest: ["--"] }).status).toBe(0);
    const system = findSystem(factsOf(os));
    if (system.kind === "apt")
      return expect(text("etc/apt/sources.list.d/tailscale.list")).toContain(
        ` ${URL}/${system.path} ${system.suite} main\n`,
      );
    if (system.kind !== "rpm") throw new Error(`${os} is ${system.kind}`);
    const folder = system.managers[0] === "zypper" ? "etc/zypp/repos.d" : "etc/yum.repos.d";
    const file = text(`${folder}/tailscale.repo`);
    expect(file).toContain(`\nbaseurl=${URL}/${system.path}/$basearch\n`);
    expect(file).toMatch(/^\[tailscale-stable\]\n/);
    expect(file).toContain("\nrepo_gpgcheck=1\ngpgcheck=1\n");
  });

  it("none is known of other systems, which is said", () => {
    const { status, stdout } = run({ os: "arch", rest: ["--"] });
    expect(status).toBe(1);
    expect(stdout).toContain("no package repository of the client is known for arch");
  });
});
