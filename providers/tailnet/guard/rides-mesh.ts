/** Whether the connection to a host rides the mesh, so that a change of the mesh can cut it. */
import { BlockList, isIPv6 } from "node:net";
import { isTailnetAddress } from "../../../transport/tailnet";
import type { HostFacts } from "../probe/facts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Pure: true when the host was reached at an address of the tailnet, when the way back leads through the client's network
 * device, or when the client itself serves the connection (Tailscale SSH) or passed it on (userspace networking: it comes from the
 * loopback then).
 */
export function ridesMesh({ peer, status }: Pick<HostFacts, "peer" | "status">): boolean {
  if (peer === undefined) return false;
  if (peer.ssh === "tailscale") return true;
  const { client, server, device } = peer;
  if (isTailnetAddress(server) || isTailnetAddress(client)) return true;
  if (status?.Self?.TailscaleIPs?.includes(server) === true) return true;
  if (device?.startsWith("tailscale") === true) return true;
  return status?.TUN === false && LOOPBACK.check(client, isIPv6(client) ? "ipv6" : "ipv4");
}
