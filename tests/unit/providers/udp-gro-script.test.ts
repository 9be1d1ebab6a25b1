/** UDP GRO forwarding as a real shell switches it on and gives it back, over devices and a file system of the test's own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { parseUdpGro } from "../../../providers/tailnet/probe/udp-gro";
import { hostScript } from "../../../providers/tailnet/scripts";
import { temporaryFolder } from "../../support/temporary-folder";

/** Keeps features in files (`eth0/rx-gro-list`), of which those that say `fixed` cannot be changed. */
const ETHTOOL = `#!/bin/sh
cd "$ROOT/features/$2" || exit 1
if [ "$1" = -k ]; then for each in *; do echo "$each: $(cat "$each")"; done; exit; fi
shift 2
while [ "$#" -gt 0 ]; do grep -q fixed "$1" || echo "$2" >"$1"; shift 2; done`;

const ANY = "00000000000000000000000000000000";
const ipv6 = (device: string) => `${ANY} 00 ${ANY} 00 fe80 00000400 00000001 00000000 00450003 ${device}`;

const IPV4 = (device: string, mask = "00000000") =>
  `${device}\t00000000\t0101A8C0\t0003\t0\t0\t0\t${mask}\t0\t0\t0\n`;

let root: string;
const at = (...path: string[]) => join(root, ...path);
function addDevice(name: string, forwarding = "off", list = "off"): void {
  mkdirSync(at("sys/class/net", name), { recursive: true });
  mkdirSync(at("features", name), { recursive: true });
  writeFileSync(at("features", name, "rx-udp-gro-forwarding"), `${forwarding}\n`);
  writeFileSync(at("features", name, "rx-gro-list"), `${list}\n`);
}
const features = (name: string) =>
  ["rx-udp-gro-forwarding", "rx-gro-list"].map((each) =>
    readFileSync(at("features", name, each), "utf8").trim(),
  );

beforeEach(() => {
  root = temporaryFolder("udp-gro");
  for (const folder of ["bin", "net", "etc/init.d", "etc/service"])
    mkdirSync(at(folder), { recursive: true });
  addDevice("eth0");
  writeFileSync(at("net/route"), `Iface\tDestination\neth1\t0001A8C0\n${IPV4("eth0")}`);
  writeFileSync(at("net/ipv6_route"), `${ipv6("lo")}\n${ipv6("eth0")}\n`);
  writeFileSync(at("bin/ethtool"), ETHTOOL, { mode: 0o755 });
  for (const name of ["rc-update", "update-rc.d", "sv"])
    writeFileSync(at("bin", name), `#!/bin/sh\necho "${name} $*" >>"$ROOT/called"`, { mode: 0o755 });
});

/** `init`: what starts daemons there. Prints the section of a probe. */
function run(name: "udp-gro" | "udp-gro-no-more" | "leave", init = "systemd") {
  const own = `init_system() { echo ${init}; }; service_folder() { echo ${at("etc/service")}; }`;
  const script = hostScript(name)
    .replaceAll("/proc/net/", `${root}/net/`)
    .replaceAll(/(?<![\w/])\/(sys\/class|etc|var\/lib)\//g, (path) => `${root}${path}`)
    .replace(/^lock$/m, own)
    .replace(
      /^probe$/m,
      'section udp-gro; if [ -e "$gro_file" ] && have gro_facts; then gro_facts; fi; section end',
    );
  const path = `${at("bin")}:/usr/bin:/bin`;
  const { stdout } = spawnSync("sh", ["-c", script, "m"], {
    encoding: "utf8",
    env: { PATH: path, ROOT: root },
  });
  const [, section = ""] = /#m:udp-gro\n([^]*)\n\n?#m:end/.exec(stdout) ?? [];
  return { stdout, found: parseUdpGro(section) };
}
const kept = () => readFileSync(at("var/lib/pulumi-mesh/udp-gro"), "utf8");
/** Every file that is ours. */
const ours = () =>
  readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("pulumi-mesh"));

it("switches the device of the default route on, and keeps in mind what it had", () => {
  addDevice("eth1");
  const { found } = run("udp-gro");
  expect(features("eth0")).toEqual(["on", "off"]);
  expect(features("eth1")).toEqual(["off", "off"]);
  expect(kept()).toBe("eth0 off off\n");
  expect(found).toMatchObject({
    tool: true,
    atBoot: "yes",
    devices: [{ name: "eth0", kept: true, forwarding: { on: true }, list: { on: false } }],
  });
});

it("and that of IPv6, where it is another one; but none that a program serves, and none that is not there", () => {
  addDevice("eth1");
  addDevice("tailscale0");
  writeFileSync(at("sys/class/net/tailscale0/tun_flags"), "");
  writeFileSync(at("net/route"), `Iface\tDestination\n${IPV4("*")}`);
  writeFileSync(at("net/ipv6_route"), `${ipv6("tailscale0")}\n${ipv6("eth1")}\n${ipv6("eth0")}\n`);
  run("udp-gro");
  expect(kept()).toBe("eth1 off off\n");
  expect(features("tailscale0")).toEqual(["off", "off"]);
});

it("does not take its own work for what was there before", () => {
  addDevice("eth0", "off", "on");
  run("udp-gro");
  run("udp-gro");
  expect(kept()).toBe("eth0 off on\n");
  expect(features("eth0")).toEqual(["on", "off"]);
  run("udp-gro-no-more");
  expect(features("eth0")).toEqual(["off", "on"]);
  expect(ours()).toEqual([]);
});

it("leaves what somebody else had switched on, and forgets no device that the default route has left", () => {
  addDevice("eth0", "on", "off");
  addDevice("eth1");
  run("udp-gro");
  writeFileSync(at("net/route"), IPV4("eth1"));
  writeFileSync(at("net/ipv6_route"), "");
  run("udp-gro");
  expect(kept()).toBe("eth0 on off\neth1 off off\n");
  run("udp-gro-no-more");
  expect([features("eth0"), features("eth1")]).toEqual([
    ["on", "off"],
    ["off", "off"],
  ]);
});

it("forgets a device that is none any more: a boot would wait for it", () => {
  run("udp-gro");
  rmSync(at("sys/class/net/eth0"), { recursive: true });
  addDevice("eth1");
  writeFileSync(at("net/route"), IPV4("eth1"));
  run("udp-gro");
  expect(kept()).toBe("eth1 off off\n");
});

it("leaves a VPN's device alone, which takes the default route over by two halves", () => {
  addDevice("ppp0");
  addDevice("tun0");
  writeFileSync(at("sys/class/net/tun0/tun_flags"), "");
  writeFileSync(at("net/route"), IPV4("ppp0", "00000080") + IPV4("tun0") + IPV4("eth0"));
  run("udp-gro");
  expect(kept()).toBe("eth0 off off\n");
});

it("is of the first network card where there is no default route, and of none where there is none of these either", () => {
  writeFileSync(at("net/route"), "");
  writeFileSync(at("net/ipv6_route"), "");
  expect(run("udp-gro").found).toMatchObject({ devices: [] });
  expect(features("eth0")).toEqual(["off", "off"]);
  writeFileSync(at("sys/class/net/eth0/address"), "02:00:00:00:00:01");
  expect(run("udp-gro").found).toMatchObject({ devices: [{ name: "eth0" }] });
  expect(features("eth0")).toEqual(["on", "off"]);
});

it("says which device ethtool tells nothing of", () => {
  run("udp-gro");
  rmSync(at("features/eth0"), { recursive: true });
  expect(run("udp-gro").found).toMatchObject({ devices: [{ name: "eth0", untold: true }] });
});

it("says which device it could not give back what it had", () => {
  run("udp-gro");
  rmSync(at("bin/ethtool"));
  expect(run("udp-gro-no-more").stdout).toMatch(/^left eth0$/m);
  expect(ours()).toEqual([]);
});

it("without ethtool leaves a word that it was tried, and nothing that a boot would start", () => {
  rmSync(at("bin/ethtool"));
  expect(run("udp-gro").found).toMatchObject({ tool: false, atBoot: "no", devices: [] });
  expect(ours()).toEqual(["var/lib/pulumi-mesh", "var/lib/pulumi-mesh/udp-gro"]);
});

it("does not touch a device whose driver has it fixed, and has no boot try it", () => {
  addDevice("eth0", "off [fixed]");
  expect(run("udp-gro").found).toMatchObject({
    devices: [{ kept: false, forwarding: { on: false, stuck: "fixed" } }],
  });
  expect(ours()).toEqual(["var/lib/pulumi-mesh", "var/lib/pulumi-mesh/udp-gro"]);
});

it("changes nothing where it cannot write down what was there", () => {
  writeFileSync(at("var"), "");
  expect(run("udp-gro").stdout).toMatch(/#m:code\n[1-9]/);
  expect(features("eth0")).toEqual(["off", "off"]);
});

describe("at boot", () => {
  const FILES = {
    systemd: ["etc/systemd/system/multi-user.target.wants/pulumi-mesh-udp-gro.service"],
    openrc: ["etc/init.d/pulumi-mesh-udp-gro"],
    sysvinit: ["etc/init.d/pulumi-mesh-udp-gro"],
    runit: ["etc/service/pulumi-mesh-udp-gro", "etc/sv/pulumi-mesh-udp-gro/run"],
  };
  const CALLED: Readonly<Record<string, string>> = {
    openrc: "rc-update -q add pulumi-mesh-udp-gro default\n",
    sysvinit: "update-rc.d pulumi-mesh-udp-gro defaults\nupdate-rc.d pulumi-mesh-udp-gro enable\n",
  };

  it.each(Object.entries(FILES))("%s is told to start it, and to do so no more", (init, files) => {
    run("udp-gro", init);
    for (const file of files) expect(existsSync(at(file))).toBe(true);
    if (init in CALLED) expect(readFileSync(at("called"), "utf8")).toBe(CALLED[init]);
    run("leave", init);
    expect(ours()).toEqual([]);
    expect(features("eth0")).toEqual(["off", "off"]);
  });

  it("what is started switches it on, on the devices that are kept", () => {
    run("udp-gro");
    writeFileSync(at("var/lib/pulumi-mesh/udp-gro"), `${kept()}unkept\n`);
    writeFileSync(at("features/eth0/rx-udp-gro-forwarding"), "off\n");
    const script = at("var/lib/pulumi-mesh/udp-gro.sh");
    const text = readFileSync(script, "utf8").replace("PATH=", `PATH=${at("bin")}:`);
    writeFileSync(script, text);
    const env = { PATH: "/usr/bin:/bin", ROOT: root };
    const { status, stderr } = spawnSync("sh", [script], { env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(features("eth0")).toEqual(["on", "off"]);
  });

  it("nothing starts it where there is no init system, which is said, and asked for no more", () => {
    expect(run("udp-gro", "none").found).toMatchObject({ atBoot: "never", devices: [{ kept: true }] });
    expect(features("eth0")).toEqual(["on", "off"]);
    expect(run("udp-gro", "none").found).toMatchObject({ atBoot: "never" });
    expect(run("udp-gro").found).toMatchObject({ atBoot: "yes" });
  });
});
