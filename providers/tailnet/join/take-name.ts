/** Gives a node its name through the API, and waits for a host of the same run that is about to give it up. */
import { setTimeout as sleep } from "node:timers/promises";
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { ProvenNode } from "../../control-server/proof";
import type { Target } from "../target";
import { withHolder } from "./name-taken";

type Wishes = Pick<EnsureJoinedOptions, "onNameConflict" | "siblings">;

/** Two hosts that swap their names do so side by side; with `--parallel 1` the other one's turn does not come. */
const WAIT_MS = 15_000;
const PAUSE_MS = 1_000;

/** Throws name-taken, with the holder, when another node has the name and keeps it. */
export async function takeName(
  target: Target,
  wishes: Wishes,
  node: ProvenNode,
  { waitMs = WAIT_MS, pauseMs = PAUSE_MS } = {},
): Promise<void> {
  const { host, ctx, api } = target;
  const end = performance.now() + waitMs;
  for (let left = waitMs; ; left = end - performance.now())
    try {
      return await api?.rename(node, host);
    } catch (error) {
      const other = left > 0 && isMeshError(error, "name-taken") ? await leaving(target, wishes) : undefined;
      if (other === undefined) throw await withHolder(target, wishes, node.nodeId, error);
      ctx.progress(`waiting for ${other} to give up the name, ${Math.ceil(left / 1000)} s at most`);
      await sleep(pauseMs, undefined, { signal: ctx.signal });
    }
}

/**
 * The new name of a host of this program whose node has the name that it does not declare any more, or had it: it may have given it
 * up since it was asked for.
 */
async function leaving({ host, api }: Target, { siblings }: Wishes): Promise<string | undefined> {
  const others = (siblings?.others() ?? []).filter(({ name }) => name !== undefined && name !== host);
  if (others.length === 0) return undefined;
  const nodes = (await api?.listNodes().catch(() => [])) ?? [];
  const holder = nodes.find(({ name }) => name === host);
  return others.find(({ name, nodeId }) =>
    holder === undefined
      ? nodes.some((node) => node.nodeId === nodeId && node.name === name)
      : nodeId === holder.nodeId,
  )?.name;
}
