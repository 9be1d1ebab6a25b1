/** The systems of the official installer's list, by what their os-release says: which packages each one gets, or why none. */
import { describe, expect, it } from "@jest/globals";
import { chooseWay } from "../../../providers/tailnet/install/choose";
import { findSystem } from "../../../providers/tailnet/install/systems";
import { askInstaller, findInstaller, listIds, RECORDED, RECORDED_FROM } from "./official-installer";
import { factsOf } from "./os-release";

function describeSystem(line: string, facts?: Record<string, string>): string {
  const system = findSystem(factsOf(line, facts));
  if (system.kind === "apt") return `${system.path} ${system.suite}`;
  if (system.kind === "rpm") return `${system.managers[0]}: ${system.path}`;
  if (system.kind === "distribution") return system.manager;
  return `${system.kind}: ${system.reason}`;
}

/** As the installer writes it: package type, system and version; `none` for what neither installs. */
function answerAsInstaller(line: string): string {
  const system = findSystem(factsOf(line));
  if (system.kind === "apt") return `apt ${system.path} ${system.suite}`;
  if (system.kind === "rpm") return `${system.managers[0]} ${system.path.replace("/", " ")}`;
  return system.kind === "distribution" ? system.manager : "none";
}

/** pacman and apk have one repository each, whatever the installer calls the system; some managers nothing here drives. */
const answerOf = (recorded: string) =>
  recorded.replace(/^(pacman|apk) .*/, "$1").replace(/^(xbps|emerge|pkg) .*/, "none");

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
  ["sled 15.6 like=suse", "zypper: opensuse/leap/15.6"],
  ["artix like=arch", "pacman"],
  ["adelie 1.0 like=alpine", "apk"],
  ["clear-linux-os 42000", "tarball: it is no distribution with packages of the client"],
];

describe("the official installer's list", () => {
  it.each(RECORDED)("%s: %s", (line, recorded) => {
    expect(answerAsInstaller(line)).toBe(answerOf(recorded));
  });

  it.each([
    ["void", "tarball: packages of xbps are not driven"],
    ["gentoo 2.15", "tarball: packages of emerge are not driven"],
    ["elementary 8 codename=circe", "tarball: os-release does not say which ubuntu release it is"],
    ["nixos 24.05", "unsupported: NixOS builds its system from its configuration"],
    ["bazzite 41 like=fedora", "unsupported: Bazzite brings the client in its image"],
    ["steamos 3.5 like=arch", "unsupported: SteamOS has a read-only system, which its updates replace"],
    ["kde-linux like=arch", "unsupported: KDE Linux has a read-only system, which its updates replace"],
    ["freebsd 14.1", "unsupported: FreeBSD's package and services are not driven"],
  ])("%s has no package here: %s", (line, expected) => {
    expect(describeSystem(line)).toBe(expected);
  });

  const installer = findInstaller();
  (installer === undefined ? it.skip : it)(`is as ${RECORDED_FROM} has it, whole`, () => {
    for (const [line, recorded] of RECORDED)
      expect([line, askInstaller(installer!, line)]).toEqual([line, recorded]);
    const recordedIds = RECORDED.map(([line]) => line.split(" ")[0]);
    const ids = listIds(installer!);
    expect(ids).toContain("ubuntu");
    expect(ids.filter((id) => !recordedIds.includes(id))).toEqual([]);
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
    if (choice.ok) throw new Error("there is a way");
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
      remedy: expect.stringMatching(remedy),
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
    return choice.ok ? `${choice.way.name} (${choice.reason})` : `${choice.kind}: ${choice.reason}`;
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
    if (!choice.ok) throw new Error("there is no way");
    const plan = choice.way.plan(facts, install);
    expect(!plan.ok && plan.kind).toBe("invalid-config");
    expect(!plan.ok && `${plan.reason} ${plan.remedy}`).toMatch(
      new RegExp(`^${key} means nothing .* or set install.method to tarball`),
    );
  });
});
