/** Forwarding as a real shell switches it on, over a kernel and a file system of the test's own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { hostScript } from "../../../providers/tailnet/scripts";
import { FORWARDING_FACTS } from "./shell-functions";

const ANY = "00000000000000000000000000000000";
/** A default route by an announcement (RTF_ADDRCONF), and one that somebody configured. */
const ROUTES = [
  `${ANY} 00 ${ANY} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0`,
  `${ANY} 00 ${ANY} 00 fe800000000000000000000000000002 00000400 00000001 00000000 00000003     eth1`,
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "forwarding-"));
  for (const folder of ["ipv4", "ipv6/conf/all", "ipv6/conf/eth0", "ipv6/conf/eth1"])
    mkdirSync(join(root, "sys/net", folder), { recursive: true });
  mkdirSync(join(root, "net"));
  writeFileSync(join(root, "net/ipv6_route"), `${ROUTES.join("\n")}\n`);
  for (const value of ["ipv4/ip_forward", "ipv6/conf/all/forwarding"])
    writeFileSync(join(root, "sys/net", value), "0\n");
  for (const device of ["eth0", "eth1"])
    writeFileSync(join(root, "sys/net/ipv6/conf", device, "accept_ra"), "1\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const here = (script: string) =>
  script
    .replaceAll("/proc/sys/", `${root}/sys/`)
    .replaceAll("/proc/net/", `${root}/net/`)
    .replaceAll(/(\/usr\/local\/lib|\/usr\/lib|\/lib|\/etc|\/run)\/sysctl\./g, (place) => `${root}${place}`)
    .replaceAll(/^(lock|probe)$/gm, "");
const announced = () =>
  /^announced=(.*)$/m.exec(sh(`${here(FORWARDING_FACTS)}\nforwarding_facts`, []))![1]!.split(" ");
const forward = (devices: readonly string[]) => sh(here(hostScript("forward")), devices);
const file = () => readFileSync(join(root, "etc/sysctl.d/zz-pulumi-mesh.conf"), "utf8");

function sh(script: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync("sh", ["-c", script, "m", ...args], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

it("keeps the default route that a router announces, and touches no other device", () => {
  expect(announced()).toEqual(["eth0"]);
  forward(announced());
  expect(file()).toMatch(/^net\/ipv6\/conf\/eth0\/accept_ra = 2$/m);
  expect(file()).not.toContain("eth1");
  expect(readFileSync(join(root, "sys/net/ipv6/conf/eth0/accept_ra"), "utf8")).toBe("2");
});

it("keeps it also when it is switched on once more: the next boot needs the line, though the kernel has the value", () => {
  forward(announced());
  const first = file();
  rmSync(join(root, "etc"), { recursive: true });
  expect(announced()).toEqual([""]);
  forward([]);
  expect(file()).toBe(first);
});

describe("a file that is read after ours, at boot", () => {
  const OFF = "# a comment\n net/ipv4/ip_forward=0\n";
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  /** What the script says of files, each as it is on the host, with this init system. */
  function overruling(init: string, files: Readonly<Record<string, string>>): string | undefined {
    for (const [path, text] of Object.entries(files)) write(path, text);
    const own = `init_system() { echo ${init}; }; at_boot() { :; }`;
    const script = hostScript("forward").replace(/^lock$/m, own);
    return /^overruled ?(.*)$/m.exec(sh(here(script), []))?.[1]?.replace(root, "");
  }

  it("is /etc/sysctl.conf, but not of systemd, which reads it where a link in its folder says so: before ours", () => {
    expect(overruling("sysvinit", { "etc/sysctl.conf": OFF })).toBe("/etc/sysctl.conf");
    expect(overruling("systemd", { "etc/sysctl.conf": OFF })).toBeUndefined();
    symlinkSync("../sysctl.conf", join(root, "etc/sysctl.d/99-sysctl.conf"));
    expect(overruling("systemd", {})).toBeUndefined();
    expect(overruling("none", {})).toBeUndefined();
  });

  it.each(["etc", "run", "usr/lib"])("is one of a later name in /%s/sysctl.d", (folder) => {
    const files = { [`${folder}/sysctl.d/zzz.conf`]: OFF, [`${folder}/sysctl.d/zz-0.conf`]: OFF };
    expect(overruling("systemd", files)).toBe(`/${folder}/sysctl.d/zzz.conf`);
  });

  it("is found where ours is the first of all", () => {
    expect(overruling("systemd", { "etc/sysctl.d/zzz.conf": OFF })).toBe("/etc/sysctl.d/zzz.conf");
  });

  it("is none that a file of the host's own takes the place of, or that a later one answers", () => {
    const hidden = { "usr/lib/sysctl.d/zzz.conf": OFF, "etc/sysctl.d/zzz.conf": "" };
    expect(overruling("systemd", hidden)).toBeUndefined();
    const answered = { "etc/sysctl.d/zzz.conf": OFF, "run/sysctl.d/zzzz.conf": "-net.ipv4.ip_forward = 1\n" };
    expect(overruling("systemd", answered)).toBeUndefined();
  });

  it("is none that sets something else, or sets it to 1, or has another ending", () => {
    const others = "net.ipv4.ip_forward = 1\n#net.ipv4.ip_forward = 0\nnet.ipv4.ip_forward_use_pmtu = 0\n";
    expect(
      overruling("sysvinit", { "etc/sysctl.conf": others, "etc/sysctl.d/zzz.old": OFF }),
    ).toBeUndefined();
  });
});
