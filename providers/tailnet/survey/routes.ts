/** The subnets that a node offers to others, and which of them it may. */
import { isMeshError } from "../../../errors";
import type { Routes } from "../../survey";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/** The API is asked only about a node that offers some. Headscale does not tell a client which of its own are approved. */
export async function routesOf({ api }: Target, { prefs, status }: HostFacts): Promise<Routes> {
  const advertised = [...(prefs?.AdvertiseRoutes ?? [])].sort();
  const self = status?.Self;
  if (advertised.length === 0 || self?.ID === undefined) return { advertised };
  const told = advertised.filter((route) => self.AllowedIPs?.includes(route));
  if (told.length === advertised.length || api === undefined)
    return told.length === 0 ? { advertised } : { advertised, approved: told };
  try {
    const approved = (await api.readNode(self.ID))?.routes?.approved;
    return approved === undefined ? { advertised } : { advertised, approved };
  } catch (error) {
    if (isMeshError(error)) return { advertised };
    throw error;
  }
}
