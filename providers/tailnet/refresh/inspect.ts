/** Reads a node as it is now, for refresh. */
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions, NodeState } from "../../contract";
import { otherHolder } from "../identity/hold";
import { isDownUnseen, mustNotBeCutOff } from "../network/cut-off";
import { readListing, type Listing } from "../network/listed";
import { lockedOutDrift } from "../network/locked-out";
import { toStartedWith } from "../../../daemon";
import { daemonDifferences } from "../daemon/compare";
import { readDaemon } from "../daemon/read";
import { mismatch } from "../network/match";
import { nodeState } from "../network/node-state";
import { lastingWarnings } from "../network/warnings";
import { isLoggedIn } from "../probe/node";
import { routesOf } from "../routes/declared";
import { forwardingWarnings } from "../routes/forwarding";
import { seeUdpGro, udpGroDrift, udpGroWarnings } from "../routes/udp-gro";
import { isGone, whyNotJoined } from "./absent";
import { findDrift } from "./drift";
import { expiryDrift, expiryOf, renewalDrift } from "./key-expiry";
import { routesDrift } from "./routes";
import { serveDrift } from "./serve";
import type { Target } from "../target";

type Wishes = Pick<
  EnsureJoinedOptions,
  | "tags"
  | "flags"
  | "extraFlags"
  | "serve"
  | "daemon"
  | "udpGro"
  | "keyExpiry"
  | "renewKey"
  | "onNameConflict"
  | "extraTags"
  | "declaration"
  | "recorded"
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
  const facts = await target.facts((wishes.serve ?? []).length > 0);
  mustNotBeCutOff(target, facts);
  const holder = otherHolder(facts, declaration);
  const held = holder === undefined ? [] : [`the host is held by ${holder.label} by now`];
  if (isDownUnseen(target, facts)) return { drift: [...held, "the node is down (tailscale down)"] };
  if (!isLoggedIn(facts)) {
    if (isGone(facts)) return undefined;
    return { drift: [...held, whyNotJoined(facts)] };
  }
  const elsewhere = mismatch(target.network, facts) !== undefined;
  const listing: Listing = elsewhere ? { listed: "yes" } : await readListing(target, facts);
  const { listed } = listing;
  if (listed === "no") return undefined;
  const routes = elsewhere ? [] : await routesDrift(target, facts, flags, listing);
  if (isMeshError(listed)) ctx.warn(`${host}: ${unchecked(wishes)} could not be checked: ${listed.detail}`);
  const tuning = await seeUdpGro(target, wishes);
  const keyExpiry = expiryOf(facts, wishes, listing);
  const { keyExpiry: _told, ...state } = nodeState(host, facts, wishes);
  return {
    ...state,
    ...(keyExpiry === undefined ? {} : { keyExpiry }),
    drift: [
      ...held,
      ...findDrift(target, facts, onNameConflict),
      ...lockedOutDrift(facts),
      ...routes,
      ...(elsewhere ? [] : udpGroDrift(tuning, wishes)),
      ...(elsewhere ? [] : await serveDrift(target, wishes.serve)),
      ...(elsewhere ? [] : daemonDifferences(await readDaemon(target), toStartedWith(wishes.daemon))),
      ...(isMeshError(listed) ? [] : expiryDrift(wishes.keyExpiry, keyExpiry)),
      ...(elsewhere ? [] : renewalDrift(wishes.renewKey, keyExpiry)),
    ],
    warnings: [
      ...forwardingWarnings(facts, routesOf(flags)),
      ...udpGroWarnings(tuning, wishes),
      ...lastingWarnings(facts, wishes),
    ],
    inOtherNetwork: elsewhere,
  };
}

/** What only the control server knows. */
function unchecked({ flags, keyExpiry }: Wishes): string {
  const knows = [
    "still lists the node",
    ...(routesOf(flags).length > 0 ? ["has approved its routes"] : []),
    ...(keyExpiry === undefined ? [] : ["lets its key expire"]),
  ];
  return `whether the control server ${knows.join(" and ")}`;
}
