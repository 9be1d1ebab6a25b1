/**
 * Whether the control server still lists a node that takes itself for joined. Headscale tells a client nothing of its
 * removal: it goes on as `Running` for hours, and nobody reaches it.
 */
import { isMeshError } from "../../../errors";
import type { ProviderContext } from "../../contract";
import type { ClientConfig } from "../config";
import type { HostFacts } from "../probe/facts";
import type { ClientFlavor } from "../flavor";

/** True only when the API says so: without one, or without an answer, the node is believed. */
export async function isUnlisted<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  host: string,
  { status }: HostFacts,
): Promise<boolean> {
  const nodeId = status?.Self?.ID;
  const api = flavor.openApi?.(config, ctx, host);
  if (api === undefined || !nodeId) return false;
  try {
    return !(await api.hasNode(nodeId));
  } catch (error) {
    if (isMeshError(error)) return false;
    throw error;
  }
}
