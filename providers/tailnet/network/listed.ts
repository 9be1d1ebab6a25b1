/**
 * Whether the control server still lists a node that takes itself for joined. Headscale tells a client nothing of its
 * removal: it goes on as `Running` for hours, and nobody reaches it.
 */
import { isMeshError, type MeshError } from "../../../errors";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/** `yes` also where there is no API to ask: then the node is believed. An error: the API could not be asked. */
export type Listed = "yes" | "no" | MeshError;

/** `no` only when the API says so in its own words, and its list is without the node. */
export async function isListed({ api }: Target, { status }: HostFacts): Promise<Listed> {
  const nodeId = status?.Self?.ID;
  if (api === undefined || nodeId === undefined) return "yes";
  try {
    return (await api.readNode(nodeId)) === undefined ? "no" : "yes";
  } catch (error) {
    if (isMeshError(error)) return error;
    throw error;
  }
}
