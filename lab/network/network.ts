/** The lab's network: a podman network without uplink, its bridge, and the servers' addresses on the bridge. */
import { z } from "zod";
import { LabError } from "../error";
import { mustRun, run } from "../system/command";
import { labNames } from "./names";
import { candidateSubnets, cidr, controlAddress, mirrorAddress, type Subnet } from "./subnet";

const inspected = z
  .array(
    z.object({ network_interface: z.string(), subnets: z.array(z.object({ subnet: z.string() })).min(1) }),
  )
  .length(1);

export interface LabNetwork {
  readonly subnet: Subnet;
  readonly bridge: string;
}

/** Undefined when podman does not know the lab's network. */
export async function findNetwork(lab: string): Promise<LabNetwork | undefined> {
  const result = await run(["podman", "network", "inspect", labNames(lab).network]);
  if (result.code !== 0) return undefined;
  const [network] = inspected.parse(JSON.parse(result.stdout));
  const subnet = network?.subnets[0]?.subnet.split(".").slice(0, 3).join(".") ?? "";
  return { subnet, bridge: network?.network_interface ?? "" };
}

/** Creates the network on the first /24 that is free, unless it exists. Podman itself refuses a taken one. */
export async function ensureNetwork(lab: string): Promise<LabNetwork> {
  const { network } = labNames(lab);
  for (const subnet of candidateSubnets(lab)) {
    const found = await findNetwork(lab);
    if (found !== undefined) return found;
    const create = [
      "podman",
      "network",
      "create",
      "--internal",
      "--disable-dns",
      "--subnet",
      cidr(subnet),
      network,
    ];
    const result = await run(create);
    if (result.code !== 0 && !/already used|already exists|subnet/.test(result.stderr))
      throw new LabError(`podman cannot create the network ${network}:\n${result.stderr.trim()}`);
  }
  throw new LabError("no /24 inside 10.213.0.0/16 is free for the lab's network");
}

/**
 * Brings up the bridge with the servers' addresses. Podman would make the bridge with the first host and remove it with
 * the last; a cable plugged into it keeps it there, so that the servers can listen before, between and after.
 */
export async function ensureBridge(lab: string, { subnet, bridge }: LabNetwork): Promise<void> {
  const [inner, outer] = labNames(lab).cable;
  if (!(await linkExists(bridge))) await mustRun(["ip", "link", "add", bridge, "type", "bridge"]);
  if (!(await linkExists(inner)))
    await mustRun(["ip", "link", "add", inner, "type", "veth", "peer", "name", outer]);
  await mustRun(["ip", "link", "set", inner, "master", bridge, "up"]);
  await mustRun(["ip", "link", "set", outer, "up"]);
  await mustRun(["ip", "link", "set", bridge, "up"]);
  for (const address of [controlAddress(subnet), mirrorAddress(subnet)])
    await mustRun(["ip", "address", "replace", `${address}/24`, "dev", bridge]);
}

/** Removes bridge, cable and network, whichever are there. The network goes last: it knows the bridge's name. */
export async function removeNetwork(lab: string): Promise<void> {
  const names = labNames(lab);
  const network = await findNetwork(lab);
  for (const link of [names.cable[0], network?.bridge])
    if (link !== undefined && (await linkExists(link))) await mustRun(["ip", "link", "delete", link]);
  if (network !== undefined) await mustRun(["podman", "network", "rm", "--force", names.network]);
}

async function linkExists(name: string): Promise<boolean> {
  return (await run(["ip", "link", "show", "dev", name])).code === 0;
}
