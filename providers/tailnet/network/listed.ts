/**
 * Whether the control server still lists a node that takes itself for joined. Headscale tells a client nothing of its
 * removal: it goes on as `Running` for hours, and nobody reaches it.
 */
import { isMeshError, type MeshError } from "../../../errors";
import type { ApiNode } from "../../control-server/api";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/** `yes` also where there is no API to ask: then the node is believed. An error: the API could not be asked. */
export type Listed = "yes" | "no" | MeshError;

/** What the control server says of the node, and its record of it, where it could be asked and has one. */
export interface Listing {
  readonly listed: Listed;
  readonly record?: ApiNode;
}

/** Pure: false when the id is another node's by now, as in a database that was put back. */
function isThisNode(record: ApiNode, status: HostFacts["status"]): boolean {
  const { PublicKey, TailscaleIPs = [], HostName = "", DNSName = "" } = status?.Self ?? {};
  if (record.nodeKey !== undefined && record.nodeKey === PublicKey) return true;
  const names = [HostName.toLowerCase(), DNSName.split(".")[0]];
  const named = names.includes(record.name) || names.includes(record.hostname?.toLowerCase());
  return named && record.addresses.some((address) => TailscaleIPs.includes(address));
}

/** `no` only when the API says so in its own words, and its list is without the node. */
export async function readListing({ api }: Target, { status }: HostFacts): Promise<Listing> {
  const nodeId = status?.Self?.ID;
  if (api === undefined || nodeId === undefined) return { listed: "yes" };
  try {
    const record = await api.findNode(nodeId);
    if (record === undefined) return { listed: "no" };
    if (isThisNode(record, status)) return { listed: "yes", record };
    // It may be of a moment ago: before it counts as another one's, its own record is read.
    const now = await api.readNode(nodeId);
    return now !== undefined && isThisNode(now, status) ? { listed: "yes", record: now } : { listed: "no" };
  } catch (error) {
    if (isMeshError(error)) return { listed: error };
    throw error;
  }
}

export const isListed = async (target: Target, facts: HostFacts): Promise<Listed> =>
  (await readListing(target, facts)).listed;
