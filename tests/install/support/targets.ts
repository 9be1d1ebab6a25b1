/** The kinds of hosts that the matrix runs on: one of each is booted for a run. */
import type { HostImage, HostPlan } from "../../../lab";

export type Manager = "apt" | "dnf" | "zypper" | "pacman";
export type Init = "systemd" | "sysvinit" | "openrc" | "runit" | "none";

export interface Target extends HostPlan {
  /** For the table: `Debian, sysvinit`. */
  readonly title: string;
  readonly manager: Manager;
  readonly init: Init;
}

/** To an installation neither a kernel of one's own makes a difference, nor a cloud-init that is done. */
type Image = Exclude<HostImage, "uml" | "cloud">;

/** What is real in an image. */
const KINDS: Readonly<Record<Image, readonly [title: string, Manager, Init]>> = {
  debian: ["Debian", "apt", "systemd"],
  fedora: ["Fedora (dnf)", "dnf", "systemd"],
  opensuse: ["openSUSE (zypper)", "zypper", "systemd"],
  arch: ["Arch (pacman)", "pacman", "systemd"],
  sysvinit: ["Debian, sysvinit", "apt", "sysvinit"],
  openrc: ["Debian, OpenRC", "apt", "openrc"],
  runit: ["Debian, runit", "apt", "runit"],
  bare: ["Debian, no init", "apt", "none"],
};

export function target(image: Image, tun = true): Target {
  const [title, manager, init] = KINDS[image];
  return { image, tun, title: tun ? title : `${title}, no TUN device`, manager, init };
}

/** One host of each image. */
export const VARIANTS: readonly Target[] = (Object.keys(KINDS) as Image[]).map((image) => target(image));

/** One of each init system, without a network device. */
export const WITHOUT_TUN: readonly Target[] = [
  target("debian", false),
  target("openrc", false),
  target("bare", false),
];
