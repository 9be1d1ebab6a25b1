/** Boots hosts: containers with an init system, sshd, a TUN device and a network of their own. */
import { connect } from "node:net";
import { LabError } from "../error";
import { containerLabel, containerName, labNames } from "../network/names";
import { macAddress } from "../network/subnet";
import { run, mustRun } from "../system/command";
import { awaitUntil } from "../system/wait";
import { type HostImage, type Variant, VARIANTS } from "./variants";

export interface HostSpec {
  readonly lab: string;
  readonly name: string;
  readonly address: string;
  readonly image: HostImage;
  /** Whether there is a /dev/net/tun. */
  readonly tun: boolean;
  /** Podman's name of the image. */
  readonly bootImage: string;
  /** The folder every host sees as /srv/lab; its boot script takes keys, users and names from there. */
  readonly seed: string;
}

/** How podman is called to start a host. crun refuses hybrid cgroups, so runc; it makes no DNS or hosts file of its own. */
export function buildRunCommand(host: HostSpec): string[] {
  const { init, systemd, ownKernel = false }: Variant = VARIANTS[host.image];
  return [
    ...[
      "podman",
      "--runtime",
      "runc",
      "run",
      "--detach",
      "--replace",
      "--name",
      containerName(host.lab, host.name),
    ],
    ...["--label", containerLabel(host.lab), "--hostname", host.name],
    // Any other init gets the empty /run of a machine that has just booted, and nothing of systemd's.
    ...(systemd ? ["--systemd=always"] : ["--systemd=false", "--tmpfs", ownKernel ? "/run:exec" : "/run"]),
    ...["--network", labNames(host.lab).network, "--ip", host.address],
    ...["--mac-address", macAddress(host.address), "--dns", "none", "--no-hosts"],
    ...(host.tun ? ["--device", "/dev/net/tun"] : []),
    ...["--cap-add", "NET_ADMIN,NET_RAW"],
    // Podman's own defaults ask for more than a machine may be allowed to give.
    ...["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
    ...["--volume", `${host.seed}:/srv/lab:ro`, host.bootImage, ...init],
  ];
}

/** Boots the host afresh, whatever ran under its name before. */
export async function bootHost(host: HostSpec): Promise<void> {
  await removeContainers([containerName(host.lab, host.name)]);
  await mustRun(buildRunCommand(host));
}

/** Boots the host, or starts it again, or leaves it running: whichever it needs. Says whether it did something. */
export async function ensureBooted(host: HostSpec): Promise<boolean> {
  const name = containerName(host.lab, host.name);
  const state = (await run(["podman", "inspect", "--format", "{{.State.Status}}", name])).stdout.trim();
  if (state === "running") return false;
  if (state === "exited" && (await run(["podman", "--runtime", "runc", "start", name])).code === 0)
    return true;
  await bootHost(host);
  return true;
}

/** Waits until sshd answers, which it cannot before lab-seed has run, and until systemd, where it is, has finished booting. */
export async function awaitBooted(host: HostSpec): Promise<void> {
  await awaitUntil(`${host.name}'s sshd`, 60_000, () => readBanner(host.address));
  if (VARIANTS[host.image].systemd) await awaitSystemd(host);
}

async function awaitSystemd(host: HostSpec): Promise<void> {
  const check = [
    "podman",
    "exec",
    containerName(host.lab, host.name),
    "systemctl",
    "is-system-running",
    "--wait",
  ];
  const { stdout } = await run(check, { deadline: 60_000 });
  if (stdout.trim() === "running") return;
  const failed = await run([...check.slice(0, 3), "systemctl", "--failed", "--no-legend", "--plain"]);
  throw new LabError(
    `${host.name} has booted, but systemd says "${stdout.trim()}":\n${failed.stdout.trim()}`,
  );
}

/** Removes the given containers, running or not, there or not. */
export async function removeContainers(names: readonly string[]): Promise<void> {
  if (names.length > 0)
    await mustRun(["podman", "rm", "--force", "--ignore", "--time", "0", "--volumes", ...names]);
}

/** The containers of a lab, whatever state they are in. */
export async function listContainers(lab: string): Promise<string[]> {
  const { stdout } = await run([
    "podman",
    "ps",
    "--all",
    "--filter",
    `label=${containerLabel(lab)}`,
    "--format",
    "{{.Names}}",
  ]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** The first bytes an SSH server sends, or undefined. */
function readBanner(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1_000 });
    const end = (banner?: string) => {
      socket.destroy();
      resolve(banner);
    };
    socket.once("data", (data) => end(data.toString().startsWith("SSH-") ? data.toString() : undefined));
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => end());
  });
}
