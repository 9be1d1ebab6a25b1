/** The systems of the official installer's list, by what their os-release says: which packages each one gets, or why none. */
import { describe, expect, it } from "vitest";
import { parseFacts } from "../../../providers/client/facts";
import { chooseWay } from "../../../providers/client/install/choose";
import { findSystem } from "../../../providers/client/install/systems";
import { isUnfit } from "../../../providers/client/install/way";
import { parseSections } from "../../../providers/client/sections";
import { probeOutput } from "./probe-output";

/** os-release in one line: `ID VERSION_ID codename=...`, with what else is given. */
function factsOf(line: string, facts: Record<string, string> = {}) {
  const [id, ...rest] = line.split(" ");
  const named: Record<string, string> = {
    codename: "VERSION_CODENAME",
    ubuntu: "UBUNTU_CODENAME",
    debian: "DEBIAN_CODENAME",
    like: "ID_LIKE",
    name: "NAME",
  };
  const assignments = rest.map((part) => {
    const [key = "", value] = part.split("=");
    return value === undefined ? `VERSION_ID="${key}"` : `${named[key]}="${value.replaceAll("+", " ")}"`;
  });
  const os = [`ID="${id}"`, ...assignments].join("\n");
  return parseFacts("web-1", parseSections(probeOutput({ withoutClient: true, os, facts })));
}

function describeSystem(line: string, facts?: Record<string, string>): string {
  const system = findSystem(factsOf(line, facts));
  if (system.kind === "apt") return `${system.path} ${system.suite}`;
  if (system.kind === "rpm") return `${system.managers[0]}: ${system.path}`;
  if (system.kind === "distribution") return system.manager;
  return `${system.kind}: ${system.reason}`;
}

const LISTED: readonly (readonly [string, string])[] = [
  ["ubuntu 24.04 codename=noble ubuntu=noble like=debian", "ubuntu noble"],
  ["pop 22.04 codename=jammy ubuntu=jammy like=ubuntu+debian", "ubuntu jammy"],
  ["neon 24.04 codename=noble ubuntu=noble like=ubuntu+debian", "ubuntu noble"],
  ["zorin 17 codename=jammy ubuntu=jammy like=ubuntu+debian", "ubuntu jammy"],
  ["tuxedo 24.04 codename=noble ubuntu=noble like=ubuntu+debian", "ubuntu noble"],
  ["elementary 8 codename=circe ubuntu=noble like=ubuntu", "ubuntu noble"],
  ["debian 12 codename=bookworm", "debian bookworm"],
  ["debian codename=trixie", "debian trixie"],
  ["debian 6.2 codename=lory name=Parrot+Security", "debian bookworm"],
  ["linuxmint 22 codename=wilma ubuntu=noble like=ubuntu+debian", "ubuntu noble"],
  ["linuxmint 6 codename=faye debian=bookworm like=debian", "debian bookworm"],
  ["industrial-os 4.1 like=debian", "debian buster"],
  ["parrot 5.3 codename=ara like=debian", "debian bullseye"],
  ["mendel 4 like=debian", "debian buster"],
  ["galliumos 3.1 codename=bismuth like=ubuntu", "ubuntu bionic"],
  ["pureos 10.0 codename=byzantium like=debian", "debian bullseye"],
  ["kaisen 2.3 like=debian", "debian bullseye"],
  ["osmc like=debian", "debian bullseye"],
  ["raspbian 12 codename=bookworm like=debian", "raspbian bookworm"],
  ["kali 2024.2 codename=kali-rolling like=debian", "debian bullseye"],
  ["Deepin 23 codename=beige", "debian bullseye"],
  ["deepin 15.11 like=debian", "debian buster"],
  ["pika 4 debian=trixie codename=nest like=debian", "debian trixie"],
  ["pika 3 ubuntu=lunar like=ubuntu", "ubuntu lunar"],
  ["sparky 7.4 codename=orion-belt debian=bookworm like=debian", "debian bookworm"],
  ["centos 7 like=rhel+fedora", "yum: centos/7"],
  ["centos 9 like=rhel+fedora", "dnf: centos/9"],
  ["ol 9.4 like=fedora", "dnf: oracle/9"],
  ["rhel 9.4 like=fedora", "dnf: rhel/9"],
  ["miraclelinux 9.2 like=rhel+fedora", "dnf: rhel/9"],
  ["fedora 41", "dnf: fedora"],
  ...["rocky", "almalinux", "nobara", "openmandriva", "sangoma", "risios", "cloudlinux", "alinux"].map(
    (id) => [`${id} 9.4 like=rhel+centos+fedora`, "dnf: fedora"] as const,
  ),
  ["fedora-asahi-remix 41 like=fedora", "dnf: fedora"],
  ["ultramarine 40 like=fedora", "dnf: fedora"],
  ["amzn 2 like=centos+rhel+fedora", "yum: amazon-linux/2"],
  ["amzn 2023 like=fedora", "yum: amazon-linux/2023"],
  ["xenenterprise 8.2.1 like=centos+rhel+fedora", "yum: centos/8"],
  ["opensuse-leap 15.6 like=suse+opensuse", "zypper: opensuse/leap/15.6"],
  ["sles 15.5 like=suse", "zypper: opensuse/leap/15.5"],
  ["opensuse-tumbleweed 20241101 like=opensuse+suse", "zypper: opensuse/tumbleweed"],
  ["sle-micro-rancher 5.4 like=suse", "zypper: opensuse/leap/15.4"],
  ...["arch", "archarm", "endeavouros", "blendos", "garuda", "archcraft", "cachyos"].map(
    (id) => [`${id} like=arch`, "pacman"] as const,
  ),
  ...["manjaro", "manjaro-arm", "biglinux"].map((id) => [`${id} like=arch`, "pacman"] as const),
  ["alpine 3.20.3", "apk"],
  ["postmarketos v24.06 like=alpine", "apk"],
  ["photon 5.0", "tdnf: photon/5"],
  ["void", "tarball: packages of xbps are not driven"],
  ["gentoo 2.15", "tarball: packages of emerge are not driven"],
  ["nixos 24.05 codename=uakari", "unsupported: NixOS builds its system from its configuration"],
  ["bazzite 41 like=fedora", "unsupported: Bazzite brings the client in its image"],
  ["steamos 3.5 like=arch", "unsupported: SteamOS has a read-only system, which its updates replace"],
  ["freebsd 14.1", "unsupported: FreeBSD's package and services are not driven"],
];

const DERIVED: readonly (readonly [string, string])[] = [
  ["devuan 5 codename=daedalus like=debian", "debian bookworm"],
  ["antix 23 codename=bookworm like=debian", "debian bookworm"],
  ["mx 23.3 codename=libretto debian=bookworm like=debian", "debian bookworm"],
  [
    "vanilla 2 codename=orchid like=debian",
    "tarball: os-release does not say which Debian release it is made from",
  ],
  ["rhinolinux 2024 codename=devel ubuntu=devel like=ubuntu+debian", "ubuntu devel"],
  ["eurolinux 9 like=rhel+fedora+centos", "dnf: fedora"],
  ["opensuse-slowroll 20241001 like=suse+opensuse", "zypper: opensuse/tumbleweed"],
  ["sled 15.6 like=suse", "zypper: opensuse/leap/15.6"],
  ["artix like=arch", "pacman"],
  ["adelie 1.0 like=alpine", "apk"],
  ["clear-linux-os 42000", "tarball: it is no distribution with packages of the client"],
];

describe("the official installer's list", () => {
  it.each(LISTED)("%s: %s", (line, expected) => {
    expect(describeSystem(line)).toBe(expected);
  });
});

describe("what is made from a member of the list", () => {
  it.each(DERIVED)("%s: %s", (line, expected) => {
    expect(describeSystem(line)).toBe(expected);
  });
});

describe("systems that are no Linux distribution with packages", () => {
  it.each([
    ["Darwin", /macOS .*App Store/],
    ["FreeBSD", /pkg install tailscale/],
    ["OpenBSD", /pkg_add tailscale/],
    ["MINGW64_NT-10.0-20348", /Windows .*tailscale.com\/download\/windows/],
    ["SunOS", /no tarballs/],
  ])("%s is unsupported, with what to do instead", (kernel, words) => {
    const choice = chooseWay(factsOf("x", { kernel }), { method: "auto" });
    expect(choice).toMatchObject({ kind: "unsupported-os" });
    if ("way" in choice) throw new Error("there is a way");
    expect(`${choice.reason} ${choice.remedy}`).toMatch(words);
    expect(choice.remedy).toMatch(/set install.method to skip/);
  });

  it.each([
    ["ostree", /rpm-ostree install tailscale/],
    ["read-only", /transactional-update/],
  ])("an immutable image (%s) is unsupported unless a tarball is asked for", (immutable, remedy) => {
    const facts = factsOf("fedora 41", { immutable, managers: "dnf" });
    expect(chooseWay(facts, { method: "auto" })).toMatchObject({
      kind: "unsupported-os",
      remedy: expect.stringMatching(remedy) as unknown,
    });
    expect(chooseWay(facts, { method: "tarball" })).toMatchObject({ way: { name: "static tarball" } });
  });

  it("NixOS takes no tarball either", () => {
    expect(chooseWay(factsOf("nixos"), { method: "tarball" })).toMatchObject({ kind: "unsupported-os" });
  });
});

describe("the way that is chosen", () => {
  const choose = (
    line: string,
    managers: string,
    method: "auto" | "repository" | "tarball" | "push" = "auto",
  ) => {
    const choice = chooseWay(factsOf(line, { managers }), { method });
    return "way" in choice ? `${choice.way.name} (${choice.reason})` : `${choice.kind}: ${choice.reason}`;
  };

  it.each([
    ["debian 12 codename=bookworm name=Debian+GNU/Linux", "apt", "apt repository (Debian 12)"],
    ["fedora 41 name=Fedora+Linux", "dnf", "dnf repository (Fedora 41)"],
    ["amzn 2023 name=Amazon+Linux", "dnf yum", "yum repository (Amazon 2023)"],
    ["rhel 9.4 name=Red+Hat+Enterprise+Linux", "yum", "yum repository (Red Hat Enterprise 9.4)"],
    ["opensuse-leap 15.6 name=openSUSE+Leap", "zypper", "zypper repository (openSUSE Leap 15.6)"],
    ["arch name=Arch+Linux", "pacman", "pacman repository (Arch)"],
    ["alpine 3.20.3 name=Alpine+Linux", "apk", "apk repository (Alpine 3.20.3)"],
    ["debian 12 codename=bookworm", "dnf", "static tarball (the host has no apt)"],
    ["rocky 9", "", "static tarball (the host has no dnf and no yum)"],
    ["void", "", "static tarball (packages of xbps are not driven)"],
  ])("on %s with %j is the %s", (line, managers, expected) => {
    expect(choose(line, managers)).toBe(expected);
  });

  it("is the one that is asked for", () => {
    expect(choose("debian 12 codename=bookworm", "apt", "tarball")).toBe(
      "static tarball (install.method is tarball)",
    );
    expect(choose("debian 12 codename=bookworm", "apt", "push")).toBe(
      "pushed tarball (install.method is push)",
    );
    expect(choose("void", "", "repository")).toMatch(/^unsupported-os: no package repository fits/);
  });

  it.each([
    [{ track: "unstable" }, "install.track"],
    [{ repository: "https://pkgs.example.com" }, "install.repository"],
  ] as const)("on Arch does not take %o: its packages are its own", (settings, key) => {
    const facts = factsOf("arch name=Arch+Linux", { managers: "pacman" });
    const install = { method: "auto", ...settings } as const;
    const choice = chooseWay(facts, install);
    if (!("way" in choice)) throw new Error("there is no way");
    const plan = choice.way.plan(facts, install);
    expect(isUnfit(plan) && plan.kind).toBe("invalid-config");
    expect(isUnfit(plan) && `${plan.reason} ${plan.remedy}`).toMatch(
      new RegExp(`^${key} means nothing .* or set install.method to tarball`),
    );
  });
});
