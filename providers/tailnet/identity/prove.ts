/** Which node a host is, proven by the control server's own record, and what is removed for its sake. */
import { setTimeout as sleep } from "node:timers/promises";
import type { EnsureJoinedOptions, RecordedMembership } from "../../contract";
import { proveRecorded, proveShown, type Proof } from "../../control-server/proof";
import { normalizeUrl } from "../network/match";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/**
 * The node that the client shows: the one that an earlier run recorded, or one that asked the control server for this very
 * name. Undefined where there is no API.
 */
export async function proveHost(
  { api, host }: Target,
  recorded: RecordedMembership | undefined,
  facts: HostFacts,
): Promise<Proof | undefined> {
  const self = facts.status?.Self;
  if (api === undefined || self?.ID === undefined) return undefined;
  if (recorded !== undefined && recorded.nodeId === self.ID) {
    const proof = await proveRecorded(api, recorded);
    if (proof.ok || proof.why === "gone") return proof;
  }
  return proveShown(api, host, {
    nodeId: self.ID,
    addresses: self.TailscaleIPs ?? [],
    nodeKey: self.PublicKey,
  });
}

/** What a host has just told the control server takes a moment to arrive in its record. */
const TRIES = 4;
const PAUSE_MS = 500;

/** As `proveHost`, for a host that has just changed something: in doubt the record is read again, for a moment. */
export async function proveAfterChange(
  target: Target,
  recorded: RecordedMembership | undefined,
  facts: HostFacts,
): Promise<Proof | undefined> {
  for (let i = 1; ; i++) {
    const proof = await proveHost(target, recorded, facts);
    const inDoubt = proof?.ok === false && proof.why === "doubt";
    if (!inDoubt || i === TRIES) return proof;
    await sleep(PAUSE_MS, undefined, { signal: target.ctx.signal });
  }
}

/** Pure: whether the recorded node was one of this very control server; a record that does not say is taken for one. */
export function isRecordedHere(target: Target, recorded: RecordedMembership | undefined): boolean {
  if (recorded?.loginServer === undefined) return recorded !== undefined;
  return target.network.knownAs.includes(normalizeUrl(recorded.loginServer));
}

/** Whether another declaration of the program holds the node: then it is never ours to remove. */
export function isHeldBySibling(
  { siblings }: Pick<EnsureJoinedOptions, "siblings">,
  nodeId: string,
  knownAs: readonly string[],
): boolean {
  return (siblings?.others() ?? []).some(
    ({ nodeId: held, loginServer }) =>
      held === nodeId && (loginServer === undefined || knownAs.includes(normalizeUrl(loginServer))),
  );
}
