/** Addresses of tailnets, and whether this machine has one. */
import { BlockList, isIP, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** The ranges that tailnets take their addresses from (tailscale.com/kb/1015). */
const TAILNET = new BlockList();
TAILNET.addSubnet("100.64.0.0", 10, "ipv4");
TAILNET.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");

/** Pure: true for an address in the ranges of tailnets; false for a name. */
export function isTailnetAddress(address: string): boolean {
  return isIP(address) !== 0 && TAILNET.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** The address by which this machine is in a tailnet, by its network devices alone; undefined where none has one. */
export function ownTailnetAddress(interfaces = networkInterfaces()): string | undefined {
  const addresses = Object.values(interfaces).flatMap((device) => device ?? []);
  return addresses.find(({ address }) => isTailnetAddress(address))?.address;
}
