/** Hosts that lose power, whose disks are full, or that cannot be written. */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import { mustLab } from "../integration/support/lab";
import { awaitOnHost, fillDisk, hostOf, inMounts, powerOff, powerOn, unmount } from "./support/machine";
import { fault, RANDOM_TRIES } from "./support/record";
import { errorOf, freshStack, mustConverge } from "./support/world";

const group = "Hosts";
/** From the first contact to the end of a join it takes about so long. */
const JOIN_MS = 6_000;

const isSession = (argv: readonly string[]) => argv[0]?.startsWith("sshd: root@") === true;
const dpkg = (phase: string) => (argv: readonly string[]) =>
  argv[0]?.endsWith("/dpkg") === true && argv.includes(phase);
const anyDpkg = (argv: readonly string[]) => argv[0]?.endsWith("/dpkg") === true;

fault(
  {
    group,
    name: "host loses power at a random moment of a fresh join and boots again",
    outcome:
      "`host unreachable: connection lost during <step>`; the next `pulumi up` waits for the boot and converges",
    tries: RANDOM_TRIES,
    small: [0],
  },
  () => losePower(JOIN_MS),
);

/** A run that was over by then is no try, and another one starts. */
async function losePower(joinMs: number): Promise<string> {
  const lab = await mustLab();
  await using stack = await freshStack(lab);
  const running = stack.up();
  await awaitOnHost(lab, "host-1", isSession);
  const after = Math.random() * joinMs;
  await delay(after);
  await powerOff(lab, "host-1");
  await powerOn(lab, "host-1");
  if ((await running).code === 0) return losePower(joinMs * 0.8);
  await mustConverge(lab, stack);
  return `in second ${Math.ceil(after / 1000)} after the first contact`;
}

fault(
  {
    group,
    name: "cloud-init still sets up a machine that has just been made, and holds dpkg's lock for the most of it",
    outcome: "`waiting for cloud-init`, then the same run joins the host",
  },
  async () => {
    const lab = await mustLab();
    const host = await hostOf(lab, "cloud");
    await using stack = await freshStack(lab, [host]);
    // A machine's first boot, with half a minute of work, and the lock as apt holds it.
    const work =
      "import fcntl, time; f = open('/var/lib/dpkg/lock-frontend', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(30)";
    const userData = `#cloud-config\nruncmd: [["python3", "-c", "${work}"]]\n`;
    const write = "cat >/var/lib/cloud/seed/nocloud/user-data && cloud-init clean --logs";
    expect((await lab.exec(host, ["sh", "-c", write], { stdin: userData })).code).toBe(0);
    await powerOff(lab, host);
    await powerOn(lab, host);
    expect(await awaitOnHost(lab, host, (argv) => argv.includes(work))).toBe(true);
    const { output } = await mustConverge(lab, stack, [host]);
    expect(output).toContain("waiting for cloud-init");
  },
);

fault(
  {
    group,
    name: "no systemd, and a container on the host runs a tailscaled of its own",
    outcome: "the host joins, and the container's tailscaled lives on",
  },
  async () => {
    const lab = await mustLab();
    const host = await hostOf(lab, "bare");
    await using stack = await freshStack(lab, [host]);
    // By its name alone nobody could tell it from the host's.
    const sleeper =
      "cp /bin/sleep /tmp/tailscaled && exec setsid /tmp/tailscaled 3600 </dev/null >/dev/null 2>&1";
    const container = `unshare --pid --mount --fork sh -c '${sleeper}' </dev/null >/dev/null 2>&1 &`;
    await inMounts(lab, host, "sh", "-c", container);
    const isContainer = (argv: readonly string[]) => argv[0] === "/tmp/tailscaled";
    expect(await awaitOnHost(lab, host, isContainer, 10_000)).toBe(true);
    await mustConverge(lab, stack, [host]);
    expect(await awaitOnHost(lab, host, isContainer, 1_000)).toBe(true);
  },
);

const PHASES: readonly [string, (argv: readonly string[]) => boolean][] = [
  ["unpacks", dpkg("--unpack")],
  ["configures", dpkg("--configure")],
  ["starts", anyDpkg],
];

fault(
  {
    group,
    name: "host loses power while dpkg unpacks, and while it configures the client",
    outcome: "the run fails, the next `pulumi up` finishes the installation and converges",
    tries: PHASES.length,
  },
  async (index) => {
    const [phase, isIt] = PHASES[index]!;
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    const running = stack.up();
    const seen = await awaitOnHost(lab, "host-1", isIt);
    await powerOff(lab, "host-1");
    await powerOn(lab, "host-1");
    await running;
    await mustConverge(lab, stack);
    return seen ? `dpkg ${phase}` : `dpkg ${phase} (not seen)`;
  },
);

const FOLDERS = ["/var/cache/apt", "/var/lib/apt/lists", "/usr/share/keyrings", "/var/lib/tailscale"];

fault(
  {
    group,
    name: `disk full: ${FOLDERS.join(", ")}`,
    outcome:
      "`install failed` or `join failed` with the client's words; after making room `pulumi up` converges",
    tries: FOLDERS.length,
  },
  async (index) => {
    const folder = FOLDERS[index]!;
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await fillDisk(lab, "host-1", folder);
    const error = errorOf(await stack.up());
    expect(error).toMatch(/web-1: (install|join) failed: .*(space|write|disk|state)/i);
    await unmount(lab, "host-1", folder);
    await mustConverge(lab, stack);
    return folder;
  },
);

fault(
  {
    group,
    name: "read-only root",
    outcome:
      "`unsupported os: ... its /usr is read-only`, before anything is tried; after the remount `pulumi up` converges",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab);
    await inMounts(lab, "host-1", "mount", "-o", "remount,ro", "/");
    const error = errorOf(await stack.up());
    expect(error).toMatch(/web-1: unsupported os: .* its \/usr is read-only/);
    await inMounts(lab, "host-1", "mount", "-o", "remount,rw", "/");
    await mustConverge(lab, stack);
  },
);
