/** Pure: whether a node is in the network that the configuration names. */
import type { ClientConfig } from "../config";
import type { HostFacts } from "../probe/facts";
import type { ClientFlavor } from "../flavor";

export interface Mismatch {
  readonly wanted: string;
  readonly actual: string;
}

/** How the node's network differs from the wanted one: control server first, then tailnet; undefined when it is that one. */
export function mismatch<C extends ClientConfig>(
  flavor: ClientFlavor<C>,
  config: C,
  { prefs, status }: HostFacts,
): Mismatch | undefined {
  const wanted = flavor.loginServer(config);
  const actual = prefs?.ControlURL ?? "";
  if (![wanted, ...(flavor.synonyms ?? [])].map(normalizeUrl).includes(normalizeUrl(actual))) {
    return { wanted: `login server ${wanted}`, actual };
  }
  const suffix = status?.CurrentTailnet?.MagicDNSSuffix?.replace(/\.$/, "") || undefined;
  if (suffix === undefined || suffix === config.tailnet_domain) return undefined;
  return { wanted: `tailnet ${config.tailnet_domain}`, actual: suffix };
}

/** URLs that differ in case or a final slash mean the same control server. */
export function normalizeUrl(url: string): string {
  return url.toLowerCase().replace(/\/+$/, "");
}
