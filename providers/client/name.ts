/** Frees a node's name before a login or a renaming, under the policy that allows it: an offline holder is removed. */
import { MeshError } from "../../errors";
import type { NameConflictPolicy, ProviderContext } from "../contract";
import type { ClientConfig } from "./config";
import type { ClientFlavor } from "./flavor";

/**
 * With `replace-offline`, deletes the nodes that hold the name and are offline: a machine that was rebuilt, or logged out
 * (tailscale#4778, headscale#3371: a logged-out tagged node could not join again). An online one stays; the join then fails.
 */
export async function freeName<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  { host, onNameConflict }: { readonly host: string; readonly onNameConflict?: NameConflictPolicy },
): Promise<void> {
  if (onNameConflict !== "replace-offline") return;
  const api = flavor.openApi?.(config, ctx, host);
  if (api === undefined) {
    throw new MeshError({
      kind: "invalid-config",
      host,
      message: "onNameConflict is replace-offline, which needs the control server's API",
      remedy:
        "Set api_key_env in the provider's block and the variable that it names, or set onNameConflict to fail.",
    });
  }
  const holders = await api.findByName(host);
  for (const { nodeId } of holders.filter(({ online }) => !online)) {
    ctx.progress(`removing the offline node ${nodeId} that holds the name`);
    await api.deleteNode(nodeId);
  }
}
