/** Who holds a name that is taken, for the error: its node, whether it is online, and the policy that would help. */
import { isMeshError, MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { EnsureJoinedOptions } from "../../contract";
import type { ApiNode } from "../../control-server/api";
import type { Target } from "../target";

/** The error as it is where it is another one, or where nobody can be asked. `self`: the host's own node. */
export async function withHolder(
  { host, api }: Target,
  { onNameConflict }: Pick<EnsureJoinedOptions, "onNameConflict">,
  self: string,
  error: unknown,
): Promise<unknown> {
  if (api === undefined || !isMeshError(error, "name-taken")) return error;
  const nodes = await api.listNodes().catch(() => []);
  const holder = nodes.find(({ name, nodeId }) => name === host && nodeId !== self);
  if (holder === undefined) return error;
  const { nodeId, online, lastSeen } = holder;
  const seen = lastSeen === undefined ? "" : `, last seen ${excerpt(lastSeen, { max: 40 })}`;
  return new MeshError({
    kind: "name-taken",
    host,
    message: `${error.detail}; the node ${excerpt(nodeId, { max: 40 })} holds the name, and is ${online ? "online" : `offline${seen}`}`,
    remedy: remedyFor(holder, onNameConflict),
    cause: error,
  });
}

function remedyFor({ nodeId, online }: ApiNode, policy: EnsureJoinedOptions["onNameConflict"]): string {
  const node = `the node ${excerpt(nodeId, { max: 40 })}`;
  if (!online && policy === "replace-offline")
    return `Another declaration of this program holds ${node}: give one of the two another name, then run \`pulumi up\` again.`;
  if (!online)
    return `Set onNameConflict to replace-offline, which removes ${node}, or delete it at the control server; then run \`pulumi up\` again.`;
  const then =
    policy === "replace-offline"
      ? "once it is offline it is removed"
      : "with onNameConflict replace-offline it is removed once it is offline";
  return `Give one of the two another name, or stop the machine of ${node} (${then}); then run \`pulumi up\` again.`;
}
