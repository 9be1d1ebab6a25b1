/** Pure: the subnets that a node offers to others. */
import type { Survey } from "../../survey";
import type { HostFacts } from "../probe/facts";

export function routesOf({ prefs, status }: HostFacts): Survey["routes"] {
  const own = new Set((status?.Self?.TailscaleIPs ?? []).flatMap((ip) => [`${ip}/32`, `${ip}/128`]));
  return {
    advertised: [...(prefs?.AdvertiseRoutes ?? [])].sort(),
    approved: (status?.Self?.AllowedIPs ?? []).filter((subnet) => !own.has(subnet)).sort(),
  };
}
