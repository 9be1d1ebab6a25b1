/** Frees a node's name before a login or a renaming: from an offline holder, under the policy that allows it; from a predecessor. */
import { isMeshError, MeshError } from "../../../errors";
import type { EnsureJoinedOptions, NameConflictPolicy } from "../../contract";
import { normalizeUrl } from "../network/match";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";

/**
 * With `replace-offline`, deletes the nodes that hold the name and are offline: a machine that was rebuilt (tailscale#4778).
 * An online one stays; the join then fails. With any policy, deletes a logged-out one that could never come back and would
 * keep this very host from logging in (headscale#3371).
 */
export async function freeName(
  { host, ctx, api, rules }: Target,
  onNameConflict: NameConflictPolicy | undefined,
): Promise<void> {
  const anyOffline = onNameConflict === "replace-offline";
  if (api === undefined && anyOffline) throw needsApi(host);
  if (api === undefined || !(anyOffline || rules.logoutIsFinal === true)) return;
  const holders = await api.findByName(host).catch((error: unknown) => {
    if (anyOffline || !isMeshError(error)) throw error;
    return []; // An API key that is not accepted any more is no reason to refuse a login that may need none.
  });
  // For a moment after its logout it is still said to be online.
  const free = holders.filter(({ online, loggedOut }) => loggedOut === true || (anyOffline && !online));
  for (const { nodeId, loggedOut } of free) {
    ctx.progress(
      `removing the ${loggedOut === true ? "logged-out" : "offline"} node ${nodeId} that holds the name`,
    );
    await api.deleteNode(nodeId);
  }
}

function needsApi(host: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: "onNameConflict is replace-offline, which needs the control server's API",
    remedy:
      "Set api_key_env in the provider's block and the variable that it names, or set onNameConflict to fail.",
  });
}

/**
 * After a login: removes the node that an earlier run joined under the same declaration, if it holds the name. The server
 * was replaced; its control server may take the old one for online for a long time yet, or it still runs, as Pulumi makes
 * the new one first.
 */
export async function replacePredecessor(
  { host, ctx, api }: Target,
  { formerNode }: EnsureJoinedOptions,
  { status, prefs }: HostFacts,
): Promise<void> {
  if (api === undefined) return;
  if (formerNode === undefined || formerNode.nodeId === status?.Self?.ID) return;
  const server = formerNode.loginServer ?? prefs?.ControlURL ?? "";
  if (normalizeUrl(server) !== normalizeUrl(prefs?.ControlURL ?? "")) return;
  const holders = await api.findByName(host);
  if (!holders.some(({ nodeId }) => nodeId === formerNode.nodeId)) return;
  await api.deleteNode(formerNode.nodeId);
  ctx.warn(
    `${host}: the connection leads to another machine than before; its former node ${formerNode.nodeId} was removed, so that the new one has its name`,
  );
}
