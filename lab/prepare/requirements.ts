/** What the lab needs from the machine it runs on, and which Debian package brings each part. */
import { access } from "node:fs/promises";
import { run } from "../system/command";
import { isAtLeast, requiredGoVersion } from "./go-version";

export interface Requirement {
  readonly name: string;
  /** The Debian package that brings it; undefined for what a person has to see to. */
  readonly debianPackage?: string;
  /** What to do where no package helps. */
  readonly remedy?: string;
  /** True when it is there. */
  readonly isMet: () => Promise<boolean>;
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** Looks on PATH, and where Debian keeps what only root's PATH has. */
async function hasProgram(name: string): Promise<boolean> {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return (await Promise.all(folders.map((folder) => exists(`${folder}/${name}`)))).includes(true);
}

/** Programs, with the package of each. Only what is called here or, by way of podman, needed for a network and a container. */
const PROGRAMS: Readonly<Record<string, string>> = {
  mmdebstrap: "mmdebstrap",
  podman: "podman",
  runc: "runc",
  conmon: "conmon",
  iptables: "iptables",
  ip: "iproute2",
  "ssh-keygen": "openssh-client",
  openssl: "openssl",
  gpg: "gnupg",
  gpgconf: "gnupg",
  "gpg-agent": "gnupg",
  "apt-ftparchive": "apt-utils",
  createrepo_c: "createrepo-c",
};

const FILES: Readonly<Record<string, string>> = {
  "/usr/lib/podman/netavark": "netavark",
  "/usr/lib/podman/aardvark-dns": "aardvark-dns",
  "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
  "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
};

export function listRequirements(): Requirement[] {
  const programs = Object.entries(PROGRAMS).map(([name, debianPackage]) => {
    return { name, debianPackage, isMet: () => hasProgram(name) };
  });
  const files = Object.entries(FILES).map(([name, debianPackage]) => ({
    name,
    debianPackage,
    isMet: () => exists(name),
  }));
  return [...machine(), ...programs, ...files];
}

function machine(): Requirement[] {
  const go = requiredGoVersion();
  return [
    {
      name: "root on Linux",
      remedy: "Run the lab as root: it makes containers, a network bridge and a line in /etc/hosts.",
      isMet: () => Promise.resolve(process.platform === "linux" && process.getuid?.() === 0),
    },
    {
      name: "/dev/net/tun",
      remedy: "Load the kernel's TUN module: `modprobe tun`.",
      isMet: () => exists("/dev/net/tun"),
    },
    {
      name: `Go ${go} or newer`,
      remedy: `Install Go ${go} or newer from https://go.dev/dl/ and put its bin folder on PATH.`,
      isMet: async () => {
        // `local`: what is installed, not what it would download to satisfy some go.mod.
        const { stdout } = await run(["go", "env", "GOVERSION"], {
          env: { ...process.env, GOTOOLCHAIN: "local" },
        });
        return isAtLeast(stdout.trim(), go);
      },
    },
    {
      name: "Node 22 or newer",
      remedy: "Run the lab by `npm run lab`, which brings its own Node.",
      isMet: () => Promise.resolve(Number(process.versions.node.split(".")[0]) >= 22),
    },
  ];
}
