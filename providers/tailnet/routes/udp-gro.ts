/**
 * UDP GRO forwarding: the kernel hands a router UDP packets of one stream together, so that it passes on more of them. What the client
 * recommends where it warns of it (its net/netkernelconf, https://tailscale.com/s/ethtool-config-udp-gro), for the devices of the default
 * routes. Opt-in, and never a reason for a run to fail: a router without it routes as well.
 */
import { isMeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { EnsureJoinedOptions } from "../../contract";
import type { HostFacts } from "../probe/facts";
import type { Device, UdpGro } from "../probe/udp-gro";
import { probeOptions, type RunReport } from "../run";
import { hostScript } from "../scripts";
import type { Target } from "../target";
import { routesOf } from "./declared";

type Wishes = Pick<EnsureJoinedOptions, "udpGro" | "flags">;

/** What decides about a host; `found` is absent where we do not see to it yet. */
interface Seen extends Pick<HostFacts, "status" | "managers"> {
  readonly found?: UdpGro;
  /** Whether something of ours is on the host. */
  readonly isOurs: boolean;
}

const seen = ({ status, managers, udpGro }: HostFacts): Seen => ({
  ...{ status, managers, isOurs: udpGro !== undefined },
  ...(udpGro === undefined || udpGro === "unread" ? {} : { found: udpGro }),
});

const isWanted = ({ udpGro, flags }: Wishes) => udpGro === true && routesOf(flags).length > 0;

/** The client passes packets on itself, and the kernel none. */
const isUserspace = ({ status }: Seen) => status?.TUN === false;

/** One exec where the last script did not look, though we see to it on this host. */
export async function seeUdpGro(target: Target, wishes: Wishes): Promise<Seen> {
  const facts = await target.facts();
  if (!isWanted(wishes) || facts.udpGro !== "unread") return seen(facts);
  return seen((await target.run(probeOptions(facts.serve !== undefined))).facts);
}

/**
 * Switches it on where it is declared and off, or would be after a boot: one exec. Returns what keeps the host from it, a sentence
 * each.
 */
export async function ensureUdpGro(target: Target, wishes: Wishes): Promise<readonly string[]> {
  if (!isWanted(wishes)) return [];
  const before = await seeUdpGro(target, wishes);
  if (udpGroDrift(before, wishes).length === 0) return udpGroWarnings(before, wishes);
  target.ctx.progress("switching UDP GRO forwarding on");
  const report = await tryTo(target, "udp-gro");
  if (report === undefined) return [];
  const after = seen(report.facts);
  const still = udpGroDrift(after, wishes);
  if (still.length > 0)
    target.ctx.warn(
      `${target.host}: ${still.join("; ")}: it could not be switched on (${excerpt(report.output) || "no output"}). The host routes all the same.`,
    );
  return udpGroWarnings(after, wishes);
}

/** Takes it back where it is declared no more, or the host routes no more: one exec, and none where nothing was done. */
export async function dropUdpGro(target: Target, wishes: Wishes): Promise<void> {
  const { udpGro } = await target.facts();
  if (udpGro === undefined || isWanted(wishes)) return;
  const report = await tryTo(target, "udp-gro-no-more");
  const left = [...(report?.output ?? "").matchAll(/^left (.*)$/gm)].map(([, device]) => device ?? "");
  if (left.length > 0)
    target.ctx.warn(
      `${target.host}: UDP GRO forwarding stays as it is on ${excerpt(left.join(", "))} until the next boot, for it could not be put back`,
    );
}

async function tryTo(
  { host, ctx, run }: Target,
  script: "udp-gro" | "udp-gro-no-more",
): Promise<RunReport | undefined> {
  try {
    return await run({ label: "udp-gro", script: hostScript(script) });
  } catch (error) {
    if (!isMeshError(error)) throw error;
    ctx.warn(`${host}: UDP GRO forwarding could not be seen to: ${error.detail}`);
    return undefined;
  }
}

/** Pure: what the next run mends, a sentence each. */
export function udpGroDrift(host: Seen, wishes: Wishes): string[] {
  const { found, isOurs } = host;
  if (!isWanted(wishes)) return isOurs ? ["UDP GRO forwarding is seen to, though it is not declared"] : [];
  if (isUserspace(host)) return [];
  if (found === undefined) return ["nothing on the host sees to UDP GRO forwarding (udpGro)"];
  if (!found.tool || !found.permitted) return [];
  const devices = found.devices.filter((device) => whyStuck(device) === undefined);
  const wrong = devices.flatMap((device) => whatIsWrong(device) ?? []);
  if (wrong.length > 0) return wrong;
  return devices.some((device) => isForgotten(found, device))
    ? ["UDP GRO forwarding is on, but not after the next boot"]
    : [];
}

/** Pure: what stays so until somebody changes it, a sentence each. */
export function udpGroWarnings(host: Seen, wishes: Wishes): string[] {
  const { found, managers } = host;
  if (!isWanted(wishes)) return [];
  if (isUserspace(host))
    return [
      "udpGro does nothing for a host whose tailscaled has no network device (userspace networking): leave it out.",
    ];
  if (found === undefined) return [];
  if (!found.tool)
    return [
      `UDP GRO forwarding cannot be switched on (udpGro): the host has no ethtool. Install the package ethtool there${commandOf(managers)}, then run \`pulumi up --refresh\`.`,
    ];
  if (found.devices.length === 0)
    return ["UDP GRO forwarding cannot be switched on (udpGro): no device of the host has a default route."];
  const wrong = found.devices.filter((device) => whatIsWrong(device) !== undefined);
  if (wrong.length > 0 && !found.permitted)
    return [
      `UDP GRO forwarding is off on ${wrong.map(({ name }) => name).join(" and ")} and cannot be switched on from here, as in a container. Start the container with \`--cap-add NET_ADMIN\`, or leave udpGro out.`,
    ];
  const stuck = found.devices.flatMap((device) => whyStuck(device) ?? []);
  if (stuck.length > 0 || wrong.length > 0 || found.atBoot !== "never") return stuck;
  return [
    "UDP GRO forwarding is on until the next boot: nothing on the host could be told to switch it on then. After a boot `pulumi up --refresh` does.",
  ];
}

const INSTALL: Readonly<Record<string, string>> = {
  apt: "apt-get install ethtool",
  dnf: "dnf install ethtool",
  yum: "yum install ethtool",
  tdnf: "tdnf install ethtool",
  zypper: "zypper install ethtool",
  pacman: "pacman -S ethtool",
  apk: "apk add ethtool",
};

function commandOf(managers: readonly string[]): string {
  const command = managers.map((manager) => INSTALL[manager]).find((each) => each !== undefined);
  return command === undefined ? "" : ` (\`${command}\`)`;
}

function whatIsWrong({ name, forwarding, list }: Device): string | undefined {
  if (forwarding?.on !== true) return `UDP GRO forwarding is off on ${name}`;
  return list?.on === true ? `${name} has rx-gro-list on, which goes before UDP GRO forwarding` : undefined;
}

/** Why a device that is wrong stays so. */
function whyStuck({ name, forwarding, list, untold }: Device): string | undefined {
  const off = `UDP GRO forwarding cannot be switched on for ${name} (udpGro)`;
  if (untold) return `${off}: ethtool does not tell its features.`;
  if (forwarding === undefined)
    return `${off}: the kernel of the host has no such thing, which came with Linux 5.12, and does something for a router from 6.2 on.`;
  if (!forwarding.on && forwarding.stuck === "fixed") return `${off}: its driver keeps it off.`;
  if (!forwarding.on && forwarding.stuck === "refused") return `${off}: its driver did not take it.`;
  return list?.on === true && list.stuck !== undefined
    ? `${off}: its driver keeps rx-gro-list on, which goes before it.`
    : undefined;
}

const isForgotten = ({ atBoot }: UdpGro, { forwarding, kept }: Device) =>
  forwarding?.stuck === undefined && (!kept || atBoot === "no");
