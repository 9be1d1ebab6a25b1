/**
 * Whether the control server still lists a node that takes itself for joined. Headscale tells a client nothing of its
 * removal: it goes on as `Running` for hours, and nobody reaches it.
 */
import { isMeshError } from "../../../errors";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/** True only when the API says so: without one, or without an answer, the node is believed. */
export async function isUnlisted({ api }: Target, { status }: HostFacts): Promise<boolean> {
  const nodeId = status?.Self?.ID;
  if (api === undefined || !nodeId) return false;
  try {
    return !(await api.hasNode(nodeId));
  } catch (error) {
    if (isMeshError(error)) return false;
    throw error;
  }
}
