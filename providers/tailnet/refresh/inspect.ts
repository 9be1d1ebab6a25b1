/** Reads a node as it is now, for refresh. */
import type { EnsureJoinedOptions, NodeState } from "../../contract";
import { isLoggedIn } from "../probe/node";
import type { Target } from "../target";
import { cutOff } from "./cut-off";
import { findDrift } from "./drift";
import { isUnlisted } from "./listed";
import { mismatch } from "./match";
import { nodeState } from "./node-state";

/** Undefined when the host is not joined; throws control-server when it is cut off, and nothing can be told. */
export async function inspectNode(
  target: Target,
  { flags, onNameConflict }: Pick<EnsureJoinedOptions, "flags" | "onNameConflict">,
): Promise<NodeState | undefined> {
  const facts = await target.facts();
  const outOfReach = cutOff(target, facts);
  if (outOfReach !== undefined) throw outOfReach;
  if (!isLoggedIn(facts)) return undefined;
  const elsewhere = mismatch(target.network, facts) !== undefined;
  if (!elsewhere && (await isUnlisted(target, facts))) return undefined;
  return {
    ...nodeState(target.host, facts, flags),
    drift: findDrift(target, facts, onNameConflict),
    inOtherNetwork: elsewhere,
  };
}
