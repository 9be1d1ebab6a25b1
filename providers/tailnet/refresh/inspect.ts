/** Reads a node as it is now, for refresh. */
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions, NodeState } from "../../contract";
import { otherHolder } from "../identity/hold";
import { cutOff, isDownUnseen } from "../network/cut-off";
import { isListed } from "../network/listed";
import { lockedOutDrift } from "../network/locked-out";
import { mismatch } from "../network/match";
import { nodeState } from "../network/node-state";
import { lastingWarnings } from "../network/warnings";
import { isLoggedIn } from "../probe/node";
import { routesOf } from "../routes/declared";
import { forwardingWarnings } from "../routes/forwarding";
import { isGone, whyNotJoined } from "./absent";
import { findDrift } from "./drift";
import { expiryDrift, keyExpires } from "./key-expiry";
import { routesDrift } from "./routes";
import { serveDrift } from "./serve";
import type { Target } from "../target";

type Wishes = Pick<
  EnsureJoinedOptions,
  "tags" | "flags" | "extraFlags" | "serve" | "keyExpiry" | "onNameConflict" | "extraTags" | "declaration"
>;

/**
 * The node; what is known to be wrong where it cannot be told (`drift` alone); undefined only when the host is known not to be
 * joined. Throws control-server when it is cut off, and nothing can be told.
 */
export async function inspectNode(
  target: Target,
  wishes: Wishes,
): Promise<NodeState | Pick<NodeState, "drift"> | undefined> {
  const { host, ctx } = target;
  const { flags, onNameConflict, declaration } = wishes;
  const facts = await target.facts();
  const outOfReach = cutOff(target, facts);
  if (outOfReach !== undefined) throw outOfReach;
  const holder = otherHolder(facts, declaration);
  const held = holder === undefined ? [] : [`the host is held by ${holder.label} by now`];
  if (isDownUnseen(target, facts)) return { drift: [...held, "the node is down (tailscale down)"] };
  if (!isLoggedIn(facts)) {
    if (isGone(facts)) return undefined;
    return { drift: [...held, whyNotJoined(facts)] };
  }
  const elsewhere = mismatch(target.network, facts) !== undefined;
  const listed = elsewhere ? "yes" : await isListed(target, facts);
  if (listed === "no") return undefined;
  const routes = elsewhere ? [] : await routesDrift(target, facts, flags);
  if (isMeshError(listed))
    ctx.warn(
      `${host}: whether the control server still lists the node could not be checked: ${listed.detail}`,
    );
  const expires = elsewhere ? true : await keyExpires(target, facts, wishes.keyExpiry);
  const { keyExpiry, ...state } = nodeState(host, facts, wishes);
  return {
    ...state,
    ...(expires && keyExpiry !== undefined ? { keyExpiry } : {}),
    drift: [
      ...held,
      ...findDrift(target, facts, onNameConflict),
      ...lockedOutDrift(facts),
      ...routes,
      ...(elsewhere ? [] : serveDrift(facts, wishes.serve)),
      ...expiryDrift(facts, wishes.keyExpiry, expires),
    ],
    warnings: [...forwardingWarnings(facts, routesOf(flags)), ...lastingWarnings(facts, wishes)],
    inOtherNetwork: elsewhere,
  };
}
