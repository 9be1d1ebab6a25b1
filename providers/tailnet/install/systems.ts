/** Which repository or package fits a system: the list of the official installer, and what is made from its members. */
import type { HostFacts, OsRelease } from "../probe/facts";

/** `manager` names what drives the repository; `path` is below the track: `debian`, `fedora`, `opensuse/leap/15.6`. */
export type System =
  | { readonly kind: "apt"; readonly path: string; readonly suite: string }
  | { readonly kind: "rpm"; readonly managers: readonly RpmManager[]; readonly path: string }
  | { readonly kind: "distribution"; readonly manager: "pacman" | "apk" }
  /** There is no package that we could drive: the static tarball fits. */
  | { readonly kind: "tarball"; readonly reason: string }
  /** Nothing fits by itself; a tarball, where it works, has to be asked for. */
  | {
      readonly kind: "unsupported";
      readonly reason: string;
      readonly remedy: string;
      readonly tarballWorks: boolean;
    };

export type RpmManager = "dnf" | "yum" | "tdnf" | "zypper";

type Table = Readonly<Record<string, (os: OsRelease) => System>>;

const DNF = ["dnf", "yum"] as const;
const YUM = ["yum", "dnf"] as const;

const apt = (path: string, suite: string): System =>
  suite === ""
    ? { kind: "tarball", reason: `os-release does not say which ${path} release it is` }
    : { kind: "apt", path, suite };
const rpm = (path: string, managers: readonly RpmManager[] = DNF): System => ({
  kind: "rpm",
  managers,
  path,
});
const major = ({ version }: OsRelease) => version.split(".")[0] ?? "";
const number = (os: OsRelease) => Number.parseInt(major(os).replace(/^\D+/, ""), 10) || 0;
const ubuntu = (os: OsRelease) => apt("ubuntu", os.ubuntu || os.codename);
/** Made from Ubuntu, with codenames of its own. */
const ubuntuBase = (os: OsRelease) => apt("ubuntu", os.ubuntu);
/** A Debian derivative of which the official installer only knows from which version on it is newer than `buster`. */
const since = (version: number) => (os: OsRelease) =>
  apt("debian", major(os) !== "" && number(os) < version ? "buster" : "bullseye");
const byMajor = (path: string) => (os: OsRelease) =>
  rpm(`${path}/${major(os)}`, major(os) === "7" ? YUM : DNF);
const fedora = () => rpm("fedora");
const leap = (os: OsRelease) => rpm(`opensuse/leap/${os.version}`, ["zypper"]);
const tumbleweed = () => rpm("opensuse/tumbleweed", ["zypper"]);
const distribution = (manager: "pacman" | "apk") => (): System => ({ kind: "distribution", manager });
const noPackage = (manager: string) => (): System => ({
  kind: "tarball",
  reason: `packages of ${manager} are not driven`,
});
const unsupported =
  (reason: string, remedy: string, tarballWorks = false) =>
  (): System => ({ kind: "unsupported", reason, remedy, tarballWorks });

const SKIP = "and set install.method to skip";

/** Debian releases that others are made from; a derivative's own codename is none of them. */
const DEBIAN = ["stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "sid"];
const DEVUAN: Readonly<Record<string, string>> = {
  beowulf: "buster",
  chimaera: "bullseye",
  daedalus: "bookworm",
  excalibur: "trixie",
};

function debian(os: OsRelease): System {
  if (os.name === "Parrot Security") return apt("debian", os.debian || "bookworm");
  return apt("debian", os.codename);
}

function mint(os: OsRelease): System {
  return os.ubuntu === "" && os.debian !== "" ? apt("debian", os.debian) : ubuntu(os);
}

/** By ID of os-release. */
const SYSTEMS: Table = {
  ...same(["ubuntu", "pop", "neon", "tuxedo"], ubuntu),
  ...same(["zorin", "elementary"], ubuntuBase),
  debian,
  linuxmint: mint,
  "industrial-os": since(5),
  ...same(["parrot", "mendel"], since(5)),
  galliumos: () => apt("ubuntu", "bionic"),
  ...same(["pureos", "kaisen", "osmc"], () => apt("debian", "bullseye")),
  raspbian: (os) => apt("raspbian", os.codename),
  kali: since(2021),
  deepin: since(20),
  pika: (os) => (major(os) !== "" && number(os) < 4 ? ubuntuBase(os) : apt("debian", os.debian)),
  sparky: (os) => apt("debian", os.debian),
  devuan: (os) => apt("debian", DEVUAN[os.codename] ?? ""),
  centos: byMajor("centos"),
  ol: byMajor("oracle"),
  ...same(["rhel", "miraclelinux"], byMajor("rhel")),
  ...same(
    ["fedora", "rocky", "almalinux", "nobara", "openmandriva", "sangoma", "risios", "cloudlinux", "alinux"],
    fedora,
  ),
  ...same(["fedora-asahi-remix", "ultramarine"], fedora),
  amzn: (os) => rpm(`amazon-linux/${os.version}`, YUM),
  xenenterprise: (os) => rpm(`centos/${major(os)}`, YUM),
  ...same(["opensuse-leap", "sles"], leap),
  ...same(["opensuse-tumbleweed", "opensuse-slowroll"], tumbleweed),
  "sle-micro-rancher": () => rpm("opensuse/leap/15.4", ["zypper"]),
  ...same(
    ["arch", "archarm", "endeavouros", "blendos", "garuda", "archcraft", "cachyos"],
    distribution("pacman"),
  ),
  ...same(["manjaro", "manjaro-arm", "biglinux"], distribution("pacman")),
  ...same(["alpine", "postmarketos"], distribution("apk")),
  photon: (os) => rpm(`photon/${major(os)}`, ["tdnf"]),
  void: noPackage("xbps"),
  gentoo: noPackage("emerge"),
  nixos: unsupported(
    "NixOS builds its system from its configuration",
    `Set services.tailscale.enable = true in the host's configuration, switch to it, ${SKIP}.`,
  ),
  bazzite: unsupported(
    "Bazzite brings the client in its image",
    `Run \`ujust enable-tailscale\` on the host, ${SKIP}.`,
  ),
  steamos: unsupported(
    "SteamOS has a read-only system, which its updates replace",
    `Install the client as https://github.com/tailscale-dev/deck-tailscale says, ${SKIP}.`,
  ),
  "kde-linux": unsupported(
    "KDE Linux has a read-only system, which its updates replace",
    `Install the client as https://linux.kde.org/docs/more-software/#tailscale says, ${SKIP}.`,
  ),
  freebsd: unsupported(
    "FreeBSD's package and services are not driven",
    `Run \`pkg install tailscale && service tailscaled enable && service tailscaled start\` on the host, ${SKIP}.`,
  ),
};

/** By `uname -s`, for systems without an os-release that says more. */
const KERNELS: readonly (readonly [RegExp, () => System])[] = [
  [/^FreeBSD$/, () => SYSTEMS["freebsd"]!(NO_RELEASE)],
  [
    /^Darwin$/,
    unsupported(
      "macOS has no package that can be installed over SSH",
      `Install Tailscale from the App Store or https://pkgs.tailscale.com/stable/#macos, ${SKIP}.`,
    ),
  ],
  [
    /^OpenBSD$/,
    unsupported("OpenBSD's package is not driven", `Run \`pkg_add tailscale\` on the host, ${SKIP}.`),
  ],
  [
    /^(MINGW|MSYS|CYGWIN|Windows)/,
    unsupported(
      "Windows has no package that can be installed over SSH",
      `Install Tailscale from https://tailscale.com/download/windows, ${SKIP}.`,
    ),
  ],
  [
    /^(?!Linux$)/,
    unsupported(
      "there are no packages and no tarballs for it",
      `Install the client on the host yourself, ${SKIP}.`,
    ),
  ],
];

const NO_RELEASE: OsRelease = {
  id: "",
  like: [],
  version: "",
  codename: "",
  ubuntu: "",
  debian: "",
  variant: "",
  name: "",
  title: "",
};

/** What a derivative that has no row of its own is made from; the first that fits. */
function derivative(os: OsRelease): System | undefined {
  for (const like of os.like) {
    if (like === "ubuntu" && os.ubuntu !== "") return ubuntu(os);
    if (like === "debian") {
      const suite = [os.debian, os.codename].find((codename) => DEBIAN.includes(codename));
      return suite === undefined
        ? { kind: "tarball", reason: "os-release does not say which Debian release it is made from" }
        : apt("debian", suite);
    }
    if (["fedora", "rhel", "centos"].includes(like)) return fedora();
    if (like === "opensuse-tumbleweed") return tumbleweed();
    if (["suse", "sles", "opensuse"].includes(like)) return os.version === "" ? tumbleweed() : leap(os);
    if (like === "arch" || like === "archlinux") return distribution("pacman")();
    if (like === "alpine") return distribution("apk")();
  }
  return undefined;
}

/** Pure: what fits the system of a host. Always an answer; whether the host has the package manager is another matter. */
export function findSystem({
  os,
  kernel,
  immutable,
}: Pick<HostFacts, "os" | "kernel" | "immutable">): System {
  const foreign = KERNELS.find(([pattern]) => pattern.test(kernel));
  if (foreign !== undefined) return foreign[1]();
  const named = Object.hasOwn(SYSTEMS, os.id) ? SYSTEMS[os.id]!(os) : undefined;
  if (named?.kind === "unsupported") return named;
  if (immutable === "ostree") {
    return unsupported(
      "its image is managed by ostree",
      `Put the client into the image, or run \`rpm-ostree install tailscale\` and reboot, ${SKIP}; or set install.method to tarball.`,
      true,
    )();
  }
  if (immutable === "read-only") {
    return unsupported(
      "its /usr is read-only",
      `After a disk error: repair the disk, and mount it for writing. On an image that is meant to be so: put the client into the image, or install it with the image's own tool (\`transactional-update pkg install tailscale\`), ${SKIP}; or, where /usr/local and /opt can be written, set install.method to tarball.`,
      true,
    )();
  }
  return (
    named ??
    derivative(os) ?? { kind: "tarball", reason: "it is no distribution with packages of the client" }
  );
}

function same(ids: readonly string[], system: (os: OsRelease) => System): Table {
  return Object.fromEntries(ids.map((id) => [id, system]));
}
