/** Forwarding as a real shell switches it on, over a kernel and a file system of the test's own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
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
    .replaceAll("/etc/sysctl.d", `${root}/sysctl.d`)
    .replaceAll(/^(lock|probe)$/gm, "");
const announced = () =>
  /^announced=(.*)$/m.exec(sh(`${here(FORWARDING_FACTS)}\nforwarding_facts`, []))![1]!.split(" ");
const forward = (devices: readonly string[]) => sh(here(hostScript("forward")), devices);
const file = () => readFileSync(join(root, "sysctl.d/zz-pulumi-mesh.conf"), "utf8");

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
  rmSync(join(root, "sysctl.d"), { recursive: true });
  expect(announced()).toEqual([""]);
  forward([]);
  expect(file()).toBe(first);
});
