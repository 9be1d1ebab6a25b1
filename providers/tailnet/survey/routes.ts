/** The subnets that a node offers to others, and which of them it may. */
import { isMeshError } from "../../../errors";
import type { Routes } from "../../survey";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/**
 * With an API it is asked, about a node that offers some: Headscale tells a client of its own approvals when it connects, and of a
 * withdrawal not at all. Without one the node's own word counts.
 */
export async function routesOf({ api }: Target, { prefs, status }: HostFacts): Promise<Routes> {
  const advertised = [...(prefs?.AdvertiseRoutes ?? [])].sort();
  const self = status?.Self;
  if (advertised.length === 0 || self?.ID === undefined) return { advertised };
  const told = advertised.filter((route) => self.AllowedIPs?.includes(route));
  const known = told.length === 0 ? { advertised } : { advertised, approved: told };
  try {
    const approved = (await api?.readNode(self.ID))?.routes?.approved;
    return approved === undefined ? known : { advertised, approved };
  } catch (error) {
    if (isMeshError(error)) return known;
    throw error;
  }
}
