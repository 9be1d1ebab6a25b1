/** What Tailscale's own installer makes of an os-release: recorded from it, and read anew where its source is at hand. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { osRelease } from "./os-release";

/** The version of tailscale.com whose scripts/installer.sh was recorded. */
export const RECORDED_FROM = "1.102.0";

/** os-release in a line, and the installer's package type, system and version for it; `none` where it exits with advice. */
export const RECORDED: readonly (readonly [osRelease: string, answer: string])[] = [
  ["ubuntu 24.04 codename=noble ubuntu=noble like=debian", "apt ubuntu noble"],
  ["ubuntu 18.04 codename=bionic", "apt ubuntu bionic"],
  ["pop 22.04 codename=jammy ubuntu=jammy like=ubuntu+debian", "apt ubuntu jammy"],
  ["neon 24.04 codename=noble ubuntu=noble like=ubuntu+debian", "apt ubuntu noble"],
  ["tuxedo 24.04 codename=noble ubuntu=noble like=ubuntu+debian", "apt ubuntu noble"],
  ["zorin 17 codename=jammy ubuntu=jammy like=ubuntu+debian", "apt ubuntu jammy"],
  ["elementary 8 codename=circe ubuntu=noble like=ubuntu", "apt ubuntu noble"],
  ["elementary 8 codename=circe like=ubuntu", "none"],
  ["debian 12 codename=bookworm name=Debian+GNU/Linux", "apt debian bookworm"],
  ["debian codename=trixie", "apt debian trixie"],
  ["debian 6.2 codename=lory name=Parrot+Security", "apt debian bookworm"],
  ["linuxmint 22 codename=wilma ubuntu=noble like=ubuntu+debian", "apt ubuntu noble"],
  ["linuxmint 6 codename=faye debian=bookworm like=debian", "apt debian bookworm"],
  ["linuxmint 18 codename=sarah like=ubuntu", "apt ubuntu sarah"],
  ["industrial-os 4.1 like=debian", "apt debian buster"],
  ["industrial-os 5.0 like=debian", "apt debian bullseye"],
  ["parrot 4.11 like=debian", "apt debian buster"],
  ["parrot 5.3 codename=ara like=debian", "apt debian bullseye"],
  ["mendel 4 like=debian", "apt debian buster"],
  ["mendel 5 like=debian", "apt debian bullseye"],
  ["galliumos 3.1 codename=bismuth like=ubuntu", "apt ubuntu bionic"],
  ["pureos 10.0 codename=byzantium like=debian", "apt debian bullseye"],
  ["kaisen 2.3 like=debian", "apt debian bullseye"],
  ["osmc like=debian", "apt debian bullseye"],
  ["raspbian 12 codename=bookworm like=debian", "apt raspbian bookworm"],
  ["raspbian 10 codename=buster like=debian", "apt raspbian buster"],
  ["kali 2020.4 codename=kali-rolling like=debian", "apt debian buster"],
  ["kali 2024.2 codename=kali-rolling like=debian", "apt debian bullseye"],
  ["Deepin 23 codename=beige", "apt debian bullseye"],
  ["deepin 15.11 like=debian", "apt debian buster"],
  ["pika 4 debian=trixie codename=nest like=debian", "apt debian trixie"],
  ["pika 3 ubuntu=lunar like=ubuntu", "apt ubuntu lunar"],
  ["sparky 7.4 codename=orion-belt debian=bookworm like=debian", "apt debian bookworm"],
  ["centos 7 like=rhel+fedora", "yum centos 7"],
  ["centos 8.5 like=rhel+fedora", "dnf centos 8"],
  ["centos 9 like=rhel+fedora", "dnf centos 9"],
  ["ol 7.9 like=fedora", "yum oracle 7"],
  ["ol 9.4 like=fedora", "dnf oracle 9"],
  ["rhel 7.9 like=fedora", "yum rhel 7"],
  ["rhel 8.10 like=fedora", "dnf rhel 8"],
  ["rhel 10.0 like=fedora", "dnf rhel 10"],
  ["miraclelinux 9.2 like=rhel+fedora", "dnf rhel 9"],
  ["fedora 41", "dnf fedora"],
  ["rocky 9.4 like=rhel+centos+fedora", "dnf fedora"],
  ["almalinux 9.4 like=rhel+centos+fedora", "dnf fedora"],
  ["nobara 41 like=fedora", "dnf fedora"],
  ["openmandriva 5.0 like=mandriva", "dnf fedora"],
  ["sangoma 7 like=rhel+fedora", "dnf fedora"],
  ["risios 37 like=fedora", "dnf fedora"],
  ["cloudlinux 9.4 like=rhel+fedora+centos", "dnf fedora"],
  ["alinux 3 like=rhel+fedora+centos", "dnf fedora"],
  ["fedora-asahi-remix 41 like=fedora", "dnf fedora"],
  ["ultramarine 40 like=fedora", "dnf fedora"],
  ["amzn 2 like=centos+rhel+fedora", "yum amazon-linux 2"],
  ["amzn 2023 like=fedora", "yum amazon-linux 2023"],
  ["xenenterprise 8.2.1 like=centos+rhel+fedora", "yum centos 8"],
  ["opensuse-leap 15.6 like=suse+opensuse", "zypper opensuse leap/15.6"],
  ["sles 15.5 like=suse", "zypper opensuse leap/15.5"],
  ["opensuse-tumbleweed 20241101 like=opensuse+suse", "zypper opensuse tumbleweed"],
  ["opensuse-slowroll 20241001 like=suse+opensuse", "zypper opensuse tumbleweed"],
  ["opensuse-slowroll 20241001", "zypper opensuse tumbleweed"],
  ["sle-micro-rancher 5.4 like=suse", "zypper opensuse leap/15.4"],
  ["arch", "pacman arch"],
  ["archarm like=arch", "pacman arch"],
  ["endeavouros like=arch", "pacman arch"],
  ["blendos like=arch", "pacman arch"],
  ["garuda like=arch", "pacman arch"],
  ["archcraft like=arch", "pacman arch"],
  ["cachyos like=arch", "pacman arch"],
  ["manjaro like=arch", "pacman manjaro"],
  ["manjaro-arm like=arch", "pacman manjaro"],
  ["biglinux like=manjaro", "pacman manjaro"],
  ["alpine 3.20.3", "apk alpine 3.20.3"],
  ["postmarketos v24.06 like=alpine", "apk alpine v24.06"],
  ["nixos 24.05 codename=uakari", "none"],
  ["bazzite 41 like=fedora", "none"],
  ["void", "xbps void"],
  ["gentoo 2.15", "emerge gentoo"],
  ["freebsd 14.1", "pkg freebsd 14"],
  ["photon 5.0", "tdnf photon 5"],
  ["steamos 3.5 like=arch", "none"],
  ["kde-linux like=arch", "none"],
];

/** The installer's text, out of Go's module cache (the lab's client is built from that module); undefined without it. */
export function findInstaller(): string | undefined {
  const cache =
    process.env["GOMODCACHE"] ?? spawnSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).stdout;
  const path = join((cache ?? "").trim(), `tailscale.com@v${RECORDED_FROM}/scripts/installer.sh`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The IDs of os-release that the installer has a case for. */
export function listIds(installer: string): string[] {
  const [, cases = ""] = /case "\$ID" in\n([\s\S]*?)\n\t\tesac/.exec(installer) ?? [];
  return [...cases.matchAll(/^\t\t\t([\w|-]+)\)/gm)].flatMap(([, ids = ""]) => ids.split("|"));
}

/** Runs the part of the installer that looks at the system, and nothing after it. */
export function askInstaller(installer: string, line: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-installer-"));
  try {
    const file = join(folder, "os-release");
    writeFileSync(file, osRelease(line));
    const [looking = ""] = installer.split("# Ideally we want to use curl");
    const script = `${looking.replaceAll("/etc/os-release", file)}echo "answer: $PACKAGETYPE $OS $VERSION"; }; main`;
    const output = execFileSync("sh", ["-c", `(${script}\n) 2>&1 || true`], { encoding: "utf8" });
    const [, answer = "none"] = /^answer: (.*?) ?$/m.exec(output) ?? [];
    return answer;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
