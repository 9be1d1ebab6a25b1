/** Checks what was read back after a join or a change, and has the control server's API mend what the host alone cannot. */
import type { EnsureJoinedOptions } from "../../contract";
import { mustStayReachable } from "../guard/guard";
import { ridesMesh } from "../guard/rides-mesh";
import { mismatch } from "../network/match";
import type { HostFacts } from "../probe/facts";
import { fqdnOf, tagsOf } from "../probe/node";
import { AWAIT_NODE } from "../scripts/node";
import type { Target } from "../target";
import { nameTaken, needsApproval, notInMesh, tagsRefused, wrongTailnet } from "./errors";
import { freeName, replacePredecessor } from "./name";
import { tagChange } from "./tags";

/**
 * The facts once the node is right; the same ones, at no cost, when nothing is due. `isNew`: the node has just logged in, and
 * may take the place of a predecessor.
 */
export async function settle(
  target: Target,
  wishes: EnsureJoinedOptions,
  joined: HostFacts,
  isNew = false,
): Promise<HostFacts> {
  const { host, ctx, network, rules } = target;
  const { tags, formerTags, onNameConflict } = wishes;
  const before = await approved(target, joined);
  const elsewhere = mismatch(network, before);
  if (elsewhere !== undefined) throw wrongTailnet(host, elsewhere);
  const expected = onNameConflict === "accept" ? fqdnOf(before) : network.fqdn;
  const due = tagChange(before, tags, formerTags);
  if (due === undefined && fqdnOf(before) === expected) return before;

  const { api } = target;
  const nodeId = before.status?.Self?.ID;
  if (nodeId === undefined) throw notInMesh(host);
  if (due !== undefined) {
    if (api === undefined) throw tagsRefused(host, due, rules.tagRemedy);
    ctx.progress(`setting tags ${due.target.join(", ")}`);
    await api.setTags(nodeId, due.target);
  }
  if (fqdnOf(before) !== expected) {
    if (api === undefined) throw nameTaken(host, expected, fqdnOf(before));
    await freeName(target, onNameConflict);
    if (isNew) await replacePredecessor(target, wishes, before);
    ctx.progress(`renaming ${fqdnOf(before)}`);
    await api.rename(nodeId, host);
  }
  const label = expected.split(".")[0] ?? host;
  const args = [label, ...tags, "--", ...(due?.surplus ?? [])];
  const settled = () => awaitNode(target, args);
  const facts =
    due !== undefined && api !== undefined && ridesMesh(before)
      ? await mustStayReachable(ctx, host, settled, {
          change: `setting the tags ${due.target.join(", ")}`,
          undo: () => api.setTags(nodeId, tagsOf(before)),
        })
      : await settled();
  const still = tagChange(facts, tags, formerTags);
  if (still !== undefined) throw tagsRefused(host, still, rules.tagRemedy);
  if (fqdnOf(facts) !== expected) throw nameTaken(host, expected, fqdnOf(facts));
  return facts;
}

/** A node that waits for approval gets it through the API; without one somebody has to give it. */
async function approved(target: Target, facts: HostFacts): Promise<HostFacts> {
  if (facts.status?.BackendState !== "NeedsMachineAuth") return facts;
  const { host, ctx, api } = target;
  const nodeId = facts.status.Self?.ID;
  if (api === undefined || nodeId === undefined) throw needsApproval(host);
  ctx.progress("approving the node");
  await api.approve(nodeId);
  const after = await awaitNode(target, [host]);
  if (after.status?.BackendState === "NeedsMachineAuth") throw needsApproval(host);
  return after;
}

async function awaitNode({ run }: Target, args: readonly string[]): Promise<HostFacts> {
  return (await run({ label: "await-node", script: AWAIT_NODE, args, readOnly: true })).facts;
}
