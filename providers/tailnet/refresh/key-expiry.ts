/** What a refresh says of a node whose key shall not expire. */
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

type Wish = EnsureJoinedOptions["keyExpiry"];

/** A node may not have heard yet that its key does not expire any more: the control server knows, where it can be asked. */
export async function keyExpires(
  { host, ctx, api }: Target,
  { status }: HostFacts,
  wish: Wish,
): Promise<boolean> {
  const { ID: nodeId, KeyExpiry: expiry } = status?.Self ?? {};
  if (expiry === undefined) return false;
  if (wish === undefined || api === undefined || nodeId === undefined) return true;
  try {
    return (await api.readNode(nodeId))?.keyExpires !== false;
  } catch (error) {
    if (!isMeshError(error)) throw error;
    ctx.warn(`${host}: whether the node's key expires could not be checked: ${error.detail}`);
    return false;
  }
}

/** Pure: a sentence, or none. */
export function expiryDrift({ status }: HostFacts, wish: Wish, expires: boolean): string[] {
  if (wish === undefined || !expires) return [];
  return [`the node's key expires on ${status?.Self?.KeyExpiry?.slice(0, 10)}, and keyExpiry is disabled`];
}
