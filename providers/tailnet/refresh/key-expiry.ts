/** Pure: what a refresh says of a node whose key shall not expire, or be renewed. */
import { isMeshError } from "../../../errors";
import { isRenewalDue } from "../../../renew-key";
import type { EnsureJoinedOptions } from "../../contract";
import type { Listing } from "../network/listed";
import type { HostFacts } from "../probe/facts";

type Wishes = Pick<EnsureJoinedOptions, "keyExpiry" | "recorded">;

/**
 * When the node's key expires; undefined for one that does not. A node may not have heard yet that its key does not expire any
 * more: the control server knows, and where it does not answer it is taken to be as it was.
 */
export function expiryOf(
  { status }: HostFacts,
  { keyExpiry: wish, recorded }: Wishes,
  { listed, record }: Listing,
): string | undefined {
  const told = status?.Self?.KeyExpiry;
  if (told === undefined || wish === undefined) return told;
  if (isMeshError(listed)) return recorded?.keyExpiry;
  return record?.keyExpires === false ? undefined : told;
}

/** A sentence, or none. */
export function expiryDrift(wish: Wishes["keyExpiry"], expiry: string | undefined): string[] {
  if (wish === undefined || expiry === undefined) return [];
  return [`the node's key expires on ${expiry.slice(0, 10)}, and keyExpiry is disabled`];
}

/** A sentence, or none. */
export function renewalDrift(renewKey: string | undefined, expiry: string | undefined): string[] {
  if (expiry === undefined || !isRenewalDue(expiry, renewKey)) return [];
  return [`the node's key expires on ${expiry.slice(0, 10)}, within the time of renewKey (${renewKey})`];
}
