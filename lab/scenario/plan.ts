/** What the hosts of a lab are like: which image each boots from, and what else differs from host to host. */
import { z } from "zod";
import { DEFAULT_IMAGE, HOST_IMAGES } from "../hosts/variants";
import { hostAddress, type Subnet } from "../network/subnet";

export const planSchema = z.object({
  /** What the host boots from. */
  image: z.enum(HOST_IMAGES),
  /** False for a host without /dev/net/tun, where only userspace networking works. */
  tun: z.boolean(),
});

export type HostPlan = Readonly<z.infer<typeof planSchema>>;

export const DEFAULT_PLAN: HostPlan = { image: DEFAULT_IMAGE, tun: true };

/** The hosts there are already, and as many new ones as are missing. */
export function extendPlan(before: readonly HostPlan[], count: number, plan: HostPlan): HostPlan[] {
  return [...before, ...Array.from({ length: Math.max(0, count - before.length) }, () => plan)];
}

/** The hosts of a lab, with names and addresses: host-1, host-2, ... */
export function planHosts(subnet: Subnet, wanted: readonly HostPlan[]) {
  return wanted.map((plan, i) => ({ name: `host-${i + 1}`, address: hostAddress(subnet, i + 1), ...plan }));
}
