/** The kinds of hosts: which layers of lab/image/ an image is made of, and which program is its process 1. */
import { UsageError } from "../error";

export interface Variant {
  /** What is real in it, for the progress line. */
  readonly title: string;
  /** Folders of lab/image/, applied in this order. */
  readonly layers: readonly string[];
  readonly init: readonly string[];
  /** Podman prepares cgroups, /run and signals for systemd only when told to. */
  readonly systemd: boolean;
  /** It boots a kernel of its own inside the container (User-mode Linux), and with it has a clock of its own. */
  readonly ownKernel?: boolean;
}

const SYSTEMD = { init: ["/sbin/init"], systemd: true } as const;
const INITSCRIPTS = { init: ["/sbin/init"], systemd: false } as const;

export const VARIANTS = {
  debian: { title: "Debian with systemd and sshd", layers: ["base", "systemd"], ...SYSTEMD },
  cloud: { title: "Debian with cloud-init", layers: ["base", "systemd", "cloud"], ...SYSTEMD },
  fedora: { title: "dnf and rpm", layers: ["base", "systemd", "foreign", "rpm", "fedora"], ...SYSTEMD },
  opensuse: {
    title: "zypper and rpm",
    layers: ["base", "systemd", "foreign", "rpm", "opensuse"],
    ...SYSTEMD,
  },
  arch: { title: "pacman", layers: ["base", "systemd", "foreign", "arch"], ...SYSTEMD },
  sysvinit: { title: "System V init", layers: ["base", "initscripts", "sysvinit"], ...INITSCRIPTS },
  openrc: { title: "OpenRC", layers: ["base", "initscripts", "openrc"], ...INITSCRIPTS },
  runit: { title: "runit", layers: ["base", "initscripts", "runit"], ...INITSCRIPTS },
  bare: {
    title: "no init system",
    layers: ["base", "bare"],
    init: ["/usr/bin/tini", "--", "/usr/local/sbin/lab-start"],
    systemd: false,
  },
  uml: {
    title: "Debian on a kernel of its own",
    layers: ["base", "systemd", "uml"],
    init: ["/usr/local/sbin/lab-machine"],
    systemd: false,
    ownKernel: true,
  },
} as const satisfies Readonly<Record<string, Variant>>;

/** What a host is booted from. */
export type HostImage = keyof typeof VARIANTS;

/** Every image there is. */
export const HOST_IMAGES = Object.keys(VARIANTS) as [HostImage, ...HostImage[]];

/** What a host gets unless told otherwise. */
export const DEFAULT_IMAGE: HostImage = "debian";

/** Takes the text for an image, or says which ones there are. */
export function parseHostImage(text: string): HostImage {
  const image = HOST_IMAGES.find((each) => each === text);
  if (image !== undefined) return image;
  throw new UsageError(`there is no host image "${text}"; there are ${HOST_IMAGES.join(", ")}`);
}
