/** Pure: what is wrong with a host's `udpGro`. */
import type { NetworkProvider, NodeFlags } from "../providers";
import type { ValidationIssue } from "../validation";

/** Of a provider that knows no `udpGro` that itself is the mistake: nothing is ignored. */
export function cannotTune(
  provider: Pick<NetworkProvider, "id" | "checkUdpGro">,
  udpGro: unknown,
  flags: NodeFlags = {},
): readonly ValidationIssue[] {
  if (udpGro !== true) return [];
  return (
    provider.checkUdpGro?.(flags) ?? [
      { path: [], message: `the network provider ${provider.id} tunes no hosts; leave it out` },
    ]
  );
}
