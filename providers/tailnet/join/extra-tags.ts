/** Takes away the tags that the login of a new node brought beside the declared ones: an auth key often carries those of all hosts. */
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import { mustStayReachable } from "../guard/reachable";
import { ridesMesh } from "../guard/rides-mesh";
import { proveHost } from "../identity/prove";
import { extraTags } from "../network/warnings";
import type { HostFacts } from "../probe/facts";
import { hostScript } from "../scripts";
import type { Target } from "../target";

/**
 * Only for a node that was not there before this login: a tag of an older one may be somebody's. A node without declared tags keeps
 * those that it has, since it would belong to nobody. Where the control server refuses, they stay with a warning.
 */
export async function removeExtraTags(
  target: Target,
  wishes: EnsureJoinedOptions,
  facts: HostFacts,
): Promise<HostFacts> {
  const { host, ctx, api, run } = target;
  const { tags, recorded } = wishes;
  const surplus = extraTags(facts, wishes);
  if (api === undefined || wishes.extraTags === "keep" || surplus.length === 0 || tags.length === 0)
    return facts;
  try {
    const proof = await proveHost(target, recorded, facts);
    if (proof?.ok !== true) return facts;
    const { node } = proof;
    ctx.progress(`removing tags that are not declared: ${surplus.join(", ")}`);
    await api.setTags(node, tags);
    const args = [host, ...tags, "--", ...surplus];
    const settled = async () =>
      (await run({ label: "await-node", script: hostScript("await-node"), args, readOnly: true })).facts;
    if (!ridesMesh(facts)) return await settled();
    return await mustStayReachable(ctx, host, settled, {
      change: `setting the tags ${tags.join(", ")}`,
      undo: () => api.setTags(node, node.tags),
    });
  } catch (error) {
    if (!isMeshError(error, "tag-refused") && !isMeshError(error, "control-server")) throw error;
    ctx.warn(`${host}: tags that are not declared could not be removed: ${error.detail}`);
    return facts;
  }
}
