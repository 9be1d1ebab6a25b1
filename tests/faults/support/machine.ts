/** Faults of a host as a machine: power, disks, mounts; made from outside, where the container's own rights do not count. */
import { setTimeout as delay } from "node:timers/promises";
import type { HostImage, Lab } from "../../../lab";
import { spawnAndRead } from "../../integration/support/stack";
import { awaitDescendant } from "./processes";

const container = (lab: Lab, host: string) => `pulumi-mesh-${lab.name}-${host}`;

async function must(command: string, ...args: string[]): Promise<string> {
  const { code, output } = await spawnAndRead(command, args, { cwd: "/", env: process.env });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${output}`);
  return output.trim();
}

/** The lab's host of that image; booted when it has none, its image made first where that is missing. */
export async function hostOf(lab: Lab, image: HostImage): Promise<string> {
  const isOne = (host: { image: string }) => host.image === image;
  const [host] = lab.hosts.some(isOne) ? lab.hosts.filter(isOne) : await lab.addHosts(1, { image });
  return host!.name;
}

/** Takes the power away: no process gets a signal that it could handle. */
export async function powerOff(lab: Lab, host: string): Promise<void> {
  await must("podman", "kill", "--signal", "KILL", container(lab, host));
  // Until it is seen as stopped it cannot be started.
  for (let tries = 0; tries < 50; tries++) {
    const state = await must("podman", "inspect", "--format", "{{.State.Status}}", container(lab, host));
    if (state === "exited") return;
    await delay(100);
  }
  throw new Error(`${host} did not stop`);
}

/** Boots it again, with the disk as it was. Returns while it boots. */
export async function powerOn(lab: Lab, host: string): Promise<void> {
  await must("podman", "--runtime", "runc", "start", container(lab, host));
}

/**
 * As `powerOn`, with a kernel that can be told to forward, as on a machine of its own: what a container may not set is made
 * writable before its first process runs.
 */
export async function powerOnAsRouter(lab: Lab, host: string): Promise<void> {
  await must("podman", "--runtime", "runc", "init", container(lab, host));
  const settings = "/proc/sys/net";
  const script = `mount --bind ${settings} ${settings} && mount -o remount,rw,bind ${settings} && echo 0 >${settings}/ipv4/ip_forward`;
  const spaces = ["--mount", "--net"];
  await must("nsenter", "--target", String(await initOf(lab, host)), ...spaces, "sh", "-c", script);
  await powerOn(lab, host);
}

/** Stops every process of the host where it is, as on a machine that is starved or hangs. */
export async function freeze(lab: Lab, host: string): Promise<void> {
  await must("podman", "pause", container(lab, host));
}

export async function unfreeze(lab: Lab, host: string): Promise<void> {
  await must("podman", "unpause", container(lab, host));
}

/** Waits until a process of the host satisfies `test`; false after `deadline` milliseconds. */
export async function awaitOnHost(
  lab: Lab,
  host: string,
  test: (argv: readonly string[]) => boolean,
  deadline = 60_000,
): Promise<boolean> {
  return (await awaitDescendant(await initOf(lab, host), test, deadline)) !== undefined;
}

/** Runs a command of the host in its mount and process namespaces, with the rights of this machine's root. */
export async function inMounts(lab: Lab, host: string, ...argv: string[]): Promise<void> {
  await must("nsenter", "--target", String(await initOf(lab, host)), "--mount", "--pid", ...argv);
}

/** Puts a small empty disk over a folder, and fills it. */
export async function fillDisk(lab: Lab, host: string, folder: string): Promise<void> {
  const script =
    'mkdir -p "$1" && mount -t tmpfs -o size=64k full "$1"; dd if=/dev/zero of="$1/full" bs=4k; true';
  await inMounts(lab, host, "sh", "-c", script, "sh", folder);
}

export async function unmount(lab: Lab, host: string, folder: string): Promise<void> {
  await inMounts(lab, host, "umount", "--lazy", folder);
}

async function initOf(lab: Lab, host: string): Promise<number> {
  return Number(await must("podman", "inspect", "--format", "{{.State.Pid}}", container(lab, host)));
}
