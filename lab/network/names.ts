/** Every name and address of a lab, derived from its name, so that `down` finds everything even without a state file. */
import { createHash } from "node:crypto";
import { UsageError } from "../error";

export interface LabNames {
  readonly network: string;
  /** The two ends of the cable that keeps the bridge in being while no host is plugged in. */
  readonly cable: readonly [string, string];
  readonly controlServer: string;
  readonly baseDomain: string;
  /** Marks the lab's line in /etc/hosts. */
  readonly marker: string;
}

/** The name of a lab is part of DNS names: one short lower-case label. */
export function checkLabName(name: string): string {
  if (/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) return name;
  throw new UsageError(
    `"${name}" cannot name a lab: use lower-case letters, digits and hyphens, 30 at most, a letter first`,
  );
}

export function labNames(name: string): LabNames {
  const short = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return {
    network: `pulumi-mesh-${name}`,
    cable: [`pm${short}a`, `pm${short}b`],
    controlServer: `headscale.${name}.lab`,
    baseDomain: `${name}.mesh`,
    marker: `# pulumi-mesh lab ${name}`,
  };
}

/** The podman container of a host. */
export function containerName(lab: string, host: string): string {
  return `pulumi-mesh-${lab}-${host}`;
}

/** The label by which all of a lab's containers are found. */
export function containerLabel(lab: string): string {
  return `pulumi-mesh.lab=${lab}`;
}

/** The names Tailscale's own service has; hosts find the lab behind the first two, and nothing behind the silenced. */
export const CONTROL_NAME = "controlplane.tailscale.com";
export const PACKAGES_NAME = "pkgs.tailscale.com";
/** Where the lab's Arch hosts find their packages: a name of ours, since every mirror of Arch has its own. */
export const ARCH_PACKAGES_NAME = "pkgs.archlinux.lab";
export const SILENCED_NAMES = ["log.tailscale.com", "login.tailscale.com"];
