/** Whether the connection to a host rides the mesh, so that a change of the mesh can cut it. */
import { BlockList, isIPv6 } from "node:net";
import type { HostFacts } from "../probe/facts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** The ranges that tailnets take their addresses from (tailscale.com/kb/1015). */
const TAILNET = new BlockList();
TAILNET.addSubnet("100.64.0.0", 10, "ipv4");
TAILNET.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");

/**
 * Pure: true when the host was reached at an address of the tailnet, when the way back leads through the client's network
 * device, or when the client itself passed the connection on (userspace networking: it comes from the loopback then).
 */
export function ridesMesh({ peer, status }: Pick<HostFacts, "peer" | "status">): boolean {
  if (peer === undefined) return false;
  const { client, server, device } = peer;
  if (holds(TAILNET, server) || holds(TAILNET, client)) return true;
  if (status?.Self?.TailscaleIPs?.includes(server) === true) return true;
  if (device?.startsWith("tailscale") === true) return true;
  return status?.TUN === false && holds(LOOPBACK, client);
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
