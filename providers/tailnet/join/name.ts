/** Frees a node's name before a login or a renaming: from an offline holder under the policy that allows it, from one's own former node. */
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { ApiNode } from "../../control-server/api";
import { judgeRecorded, offlineHolders, type ProvenNode } from "../../control-server/proof";
import { isHeldBySibling, isRecordedHere } from "../identity/prove";
import type { HostFacts } from "../probe/facts";
import { isOneLife } from "../probe/machine";
import { isLoggedIn } from "../probe/node";
import type { Target } from "../target";

type Wishes = Pick<EnsureJoinedOptions, "onNameConflict" | "recorded" | "siblings">;

/** Throws invalid-config for a policy that needs an API where there is none. */
export function mustHaveApi({ host, api }: Target, { onNameConflict }: Wishes): void {
  if (onNameConflict !== "replace-offline" || api !== undefined) return;
  throw new MeshError({
    kind: "invalid-config",
    host,
    message: "onNameConflict is replace-offline, which needs the control server's API",
    remedy:
      "Set api_key_env in the provider's block and the variable that it names, or set onNameConflict to fail.",
  });
}

/**
 * With `replace-offline`, deletes the nodes that hold the name and are offline: a machine that was rebuilt (tailscale#4778).
 * An online one stays; the join then fails. With any policy, deletes this declaration's own former node, when the host cannot
 * come back as that one and would be another by the side of it. What another declaration of the program holds stays in any
 * case.
 */
export async function freeName(
  target: Target,
  wishes: Wishes,
  facts: HostFacts,
  nodes: readonly ApiNode[],
): Promise<void> {
  const { host, ctx, api, network } = target;
  if (api === undefined) return;
  const inTheWay = (among: readonly ApiNode[]) => {
    const own = ownFormerNode(target, wishes, facts, among);
    const offline = wishes.onNameConflict === "replace-offline" ? offlineHolders(among, host) : [];
    return { own, all: new Set([...(own === undefined ? [] : [own]), ...offline]) };
  };
  for (const { nodeId } of inTheWay(nodes).all) {
    if (nodeId === facts.status?.Self?.ID || isHeldBySibling(wishes, nodeId, network.knownAs)) continue;
    // The list was read some time ago: one that has come back since stays.
    const record = await api.readNode(nodeId);
    const { own, all } = inTheWay(record === undefined ? [] : [record]);
    const [node] = all;
    if (node === undefined) continue;
    ctx.progress(
      node === own
        ? `removing the node ${node.nodeId}, which this host was before it was logged out`
        : `removing the offline node ${node.nodeId} that holds the name`,
    );
    await api.deleteNode(node);
  }
}

/**
 * The recorded node of a host that has no login any more, when it cannot come back as that one: the control server lets it log
 * in no more, or the client on this very machine has lost the state that it was by.
 */
function ownFormerNode(
  target: Target,
  { recorded }: Wishes,
  facts: HostFacts,
  nodes: readonly ApiNode[],
): ProvenNode | undefined {
  if (recorded === undefined || isLoggedIn(facts) || !isRecordedHere(target, recorded)) return undefined;
  const record = nodes.find(({ nodeId }) => nodeId === recorded.nodeId);
  const proof = record === undefined ? undefined : judgeRecorded(record, recorded);
  if (proof?.ok !== true) return undefined;
  const { machineKey, loggedOut, online } = proof.node;
  const { machine } = facts;
  const here = recorded.machine !== undefined && isOneLife(recorded.machine, machine);
  // One that is online is at work, perhaps on the machine that this one was copied from: see predecessor.ts.
  const lost =
    here &&
    !online &&
    machineKey !== undefined &&
    machine.clientKey !== undefined &&
    machineKey !== machine.clientKey;
  return lost || loggedOut === true ? proof.node : undefined;
}
