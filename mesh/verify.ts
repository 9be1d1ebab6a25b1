/** What a host has to reach in the mesh: what is wrong with the declaration, and the wait for it at the end of an operation. */
import type { NetworkProvider, ProviderContext, Verification } from "../providers";
import type { ValidationIssue } from "../validation/issue";
import type { HostInputs } from "./state";

/** Pure: the peers that are the host itself, by one of its names; of what is unknown or wrong nothing is said. */
export function namesItself(verify: unknown, names: readonly unknown[]): ValidationIssue[] {
  const peers = (verify as Partial<Verification> | null | undefined)?.peers;
  if (!Array.isArray(peers)) return [];
  return peers.flatMap((peer: unknown, index) =>
    typeof peer === "string" && names.includes(peer.toLowerCase())
      ? [{ path: ["peers", index], message: "is the host itself, which it would always reach" }]
      : [],
  );
}

/** Pure: that the network provider cannot do it: nothing is ignored. */
export function cannotVerify(
  provider: Pick<NetworkProvider, "id" | "verify">,
  verify: unknown,
): ValidationIssue[] {
  if (verify === undefined || provider.verify !== undefined) return [];
  return [{ path: [], message: `the network provider ${provider.id} verifies no peers; leave it out` }];
}

/** Waits for the peers that are declared. Throws peer-unreachable. */
export async function verifyPeers(
  ctx: ProviderContext,
  provider: NetworkProvider,
  { config, name: host, verify }: Pick<HostInputs, "config" | "name" | "verify">,
): Promise<void> {
  if (verify !== undefined) await provider.verify?.(ctx, { config, host, ...verify });
}
