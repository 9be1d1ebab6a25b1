/** Pure: whether a node is in the network that the configuration names. */
import type { HostFacts } from "../probe/facts";

/** The network that a host shall be in. */
export interface TargetNetwork {
  /** URL of the control server. */
  readonly loginServer: string;
  /** That URL and its synonyms, normalized. */
  readonly knownAs: readonly string[];
  /** The MagicDNS suffix. */
  readonly domain: string;
  /** What the node shall be called there, without a trailing dot. */
  readonly fqdn: string;
}

export interface Mismatch {
  readonly wanted: string;
  readonly actual: string;
}

/** How the node's network differs from the wanted one: control server first, then tailnet; undefined when it is that one. */
export function mismatch(network: TargetNetwork, { prefs, status }: HostFacts): Mismatch | undefined {
  const actual = prefs?.ControlURL ?? "";
  if (!network.knownAs.includes(normalizeUrl(actual)))
    return { wanted: `login server ${network.loginServer}`, actual };
  const suffix = status?.CurrentTailnet?.MagicDNSSuffix?.replace(/\.$/, "") || undefined;
  if (suffix === undefined || suffix === network.domain) return undefined;
  return { wanted: `tailnet ${network.domain}`, actual: suffix };
}

/** URLs that differ in case, a final slash or the default port mean the same control server. */
export function normalizeUrl(url: string): string {
  const plain = url.toLowerCase().replace(/\/+$/, "");
  return URL.canParse(plain) ? new URL(plain).href.replace(/\/+$/, "") : plain;
}
