/** Checks what was read back after a join or a change, and has the control server's API mend what the host alone cannot. */
import type { EnsureJoinedOptions, ProviderContext } from "../../contract";
import { buildFQDN, type ClientConfig } from "../config";
import type { HostFacts } from "../probe/facts";
import type { ClientFlavor, ControlServerApi } from "../flavor";
import { mustStayReachable } from "../guard/guard";
import { nameTaken, needsApproval, notInMesh, tagsRefused, wrongTailnet } from "./errors";
import { freeName, replacePredecessor } from "./name";
import { mismatch } from "../network/match";
import { fqdnOf, tagChange, tagsOf } from "../probe/node";
import { ridesMesh } from "../guard/rides-mesh";
import { run } from "../run";
import { AWAIT_NODE } from "../scripts/node";

/**
 * The facts once the node is right; the same ones, at no cost, when nothing is due. `isNew`: the node has just logged in, and
 * may take the place of a predecessor.
 */
export async function settle<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  options: EnsureJoinedOptions,
  joined: HostFacts,
  isNew = false,
): Promise<HostFacts> {
  const { host, tags, formerTags, onNameConflict } = options;
  const api = flavor.openApi?.(config, ctx, host);
  const before = await approved(ctx, api, host, joined);
  const elsewhere = mismatch(flavor, config, before);
  if (elsewhere !== undefined) throw wrongTailnet(host, elsewhere);
  const expected = onNameConflict === "accept" ? fqdnOf(before) : buildFQDN(host, config);
  const due = tagChange(before, tags, formerTags);
  if (due === undefined && fqdnOf(before) === expected) return before;

  const nodeId = before.status?.Self?.ID;
  if (nodeId === undefined) throw notInMesh(host);
  if (due !== undefined) {
    if (api === undefined) throw tagsRefused(host, due, flavor.tagRemedy);
    ctx.progress(`setting tags ${due.target.join(", ")}`);
    await api.setTags(nodeId, due.target);
  }
  if (fqdnOf(before) !== expected) {
    if (api === undefined) throw nameTaken(host, expected, fqdnOf(before));
    await freeName(ctx, flavor, config, options);
    if (isNew) await replacePredecessor(ctx, api, options, before);
    ctx.progress(`renaming ${fqdnOf(before)}`);
    await api.rename(nodeId, host);
  }
  const label = expected.split(".")[0] ?? host;
  const args = [label, ...tags, "--", ...(due?.surplus ?? [])];
  const settled = () => awaitNode(ctx, host, args);
  const facts =
    due !== undefined && api !== undefined && ridesMesh(before)
      ? await mustStayReachable(ctx, host, settled, {
          change: `setting the tags ${due.target.join(", ")}`,
          undo: () => api.setTags(nodeId, tagsOf(before)),
        })
      : await settled();
  const still = tagChange(facts, tags, formerTags);
  if (still !== undefined) throw tagsRefused(host, still, flavor.tagRemedy);
  if (fqdnOf(facts) !== expected) throw nameTaken(host, expected, fqdnOf(facts));
  return facts;
}

/** A node that waits for approval gets it through the API; without one somebody has to give it. */
async function approved(
  ctx: ProviderContext,
  api: ControlServerApi | undefined,
  host: string,
  facts: HostFacts,
): Promise<HostFacts> {
  if (facts.status?.BackendState !== "NeedsMachineAuth") return facts;
  const nodeId = facts.status.Self?.ID;
  if (api === undefined || nodeId === undefined) throw needsApproval(host);
  ctx.progress("approving the node");
  await api.approve(nodeId);
  const after = await awaitNode(ctx, host, [host]);
  if (after.status?.BackendState === "NeedsMachineAuth") throw needsApproval(host);
  return after;
}

async function awaitNode(ctx: ProviderContext, host: string, args: readonly string[]): Promise<HostFacts> {
  return (await run(ctx, host, { label: "await-node", script: AWAIT_NODE, args, readOnly: true })).facts;
}
