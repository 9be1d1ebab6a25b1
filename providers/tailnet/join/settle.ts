/** Checks what was read back after a join or a change, and has the control server's API mend what the host alone cannot. */
import type { EnsureJoinedOptions } from "../../contract";
import type { ProvenNode } from "../../control-server/proof";
import { mustStayReachable } from "../guard/reachable";
import { ridesMesh } from "../guard/rides-mesh";
import { proveAfterChange } from "../identity/prove";
import { mismatch } from "../network/match";
import type { HostFacts } from "../probe/facts";
import { fqdnOf, tagsOf } from "../probe/node";
import { hostScript } from "../scripts";
import type { Target } from "../target";
import { nameTaken, needsApproval, notProven, tagsRefused, wrongTailnet } from "./errors";
import { freeName } from "./name";
import { withHolder } from "./name-taken";
import { removePredecessor } from "./predecessor";
import { takeName } from "./take-name";
import { tagChange } from "./tags";

/**
 * The facts once the node is right; the same ones, at no cost, when nothing is due. `isNew`: the node has just logged in. It may
 * take the place of a predecessor then, as one may that was found behind another address than before.
 */
export async function settle(
  target: Target,
  wishes: EnsureJoinedOptions,
  joined: HostFacts,
  isNew = false,
): Promise<HostFacts> {
  const { host, ctx, network, rules, api } = target;
  const { tags, former, onNameConflict } = wishes;
  const before = await approved(target, wishes, joined);
  const elsewhere = mismatch(network, before);
  if (elsewhere !== undefined) throw wrongTailnet(host, elsewhere);
  const expected = onNameConflict === "accept" ? fqdnOf(before) : network.fqdn;
  const due = tagChange(tagsOf(before), tags, former?.tags);
  if (due === undefined && fqdnOf(before) === expected) return before;

  if (due !== undefined && api === undefined) throw tagsRefused(host, due, rules.tagRemedy);
  if (api === undefined) throw nameTaken(host, expected, fqdnOf(before));
  const node = await mustProve(target, wishes, before);
  // The tags to keep come from the server's record: a host that lies must not be given more.
  const change = due === undefined ? undefined : tagChange(node.tags, tags, former?.tags);
  if (change !== undefined) {
    ctx.progress(`setting tags ${change.target.join(", ")}`);
    await api.setTags(node, change.target);
  }
  if (fqdnOf(before) !== expected) {
    await freeName(target, wishes, before, await api.listNodes());
    if (isNew || wishes.reachFormer !== undefined) await removePredecessor(target, wishes, before);
    ctx.progress(`renaming ${fqdnOf(before)}`);
    await takeName(target, wishes, node);
  }
  const label = expected.split(".")[0] ?? host;
  const args = [label, ...tags, "--", ...(due?.surplus ?? [])];
  const settled = () => awaitNode(target, args);
  const facts =
    change !== undefined && ridesMesh(before)
      ? await mustStayReachable(ctx, host, settled, {
          change: `setting the tags ${change.target.join(", ")}`,
          undo: () => api.setTags(node, node.tags),
        })
      : await settled();
  const still = tagChange(tagsOf(facts), tags, former?.tags);
  if (still !== undefined) throw tagsRefused(host, still, rules.tagRemedy);
  if (fqdnOf(facts) !== expected)
    throw await withHolder(target, wishes, node.nodeId, nameTaken(host, expected, fqdnOf(facts)));
  return facts;
}

/** The server's record of the node that the client shows. Throws join-failed when it is another one's. */
export async function mustProve(
  target: Target,
  { recorded }: Pick<EnsureJoinedOptions, "recorded">,
  facts: HostFacts,
): Promise<ProvenNode> {
  const proof = await proveAfterChange(target, recorded, facts);
  if (proof?.ok === true) return proof.node;
  throw notProven(target.host, facts.status?.Self?.ID, proof?.why === "doubt" ? proof.doubt : undefined);
}

/** A node that waits for approval gets it through the API; without one somebody has to give it. */
async function approved(
  target: Target,
  wishes: Pick<EnsureJoinedOptions, "recorded">,
  facts: HostFacts,
): Promise<HostFacts> {
  if (facts.status?.BackendState !== "NeedsMachineAuth") return facts;
  const { host, ctx, api } = target;
  if (api === undefined || facts.status.Self?.ID === undefined) throw needsApproval(host);
  const node = await mustProve(target, wishes, facts);
  ctx.progress("approving the node");
  await api.approve(node);
  const after = await awaitNode(target, [host]);
  if (after.status?.BackendState === "NeedsMachineAuth") throw needsApproval(host);
  return after;
}

async function awaitNode({ run }: Target, args: readonly string[]): Promise<HostFacts> {
  return (await run({ label: "await-node", script: hostScript("await-node"), args, readOnly: true })).facts;
}
