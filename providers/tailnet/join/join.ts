/** Ensures that a host is a node with the wanted name, tags and settings, all read back from the node. */
import { isMeshError, messageOf } from "../../../errors";
import type { EnsureJoinedOptions, NodeFlags, NodeState } from "../../contract";
import { findConflict, holdingOf, mustBeItself } from "../identity/clones";
import { mustBeFree, takeHold } from "../identity/hold";
import { mustNotBeCutOff, isDownUnseen } from "../network/cut-off";
import { isListed } from "../network/listed";
import { mustBeSigned } from "../network/locked-out";
import { mismatch, normalizeUrl } from "../network/match";
import { nodeState } from "../network/node-state";
import { healthWarnings, lastingWarnings } from "../network/warnings";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { checkUdpGro, routesOf, withWithdrawals } from "../routes/declared";
import { dropForwarding, ensureForwarding, forwardingWarnings } from "../routes/forwarding";
import { dropUdpGro, ensureUdpGro } from "../routes/udp-gro";
import { checkDaemon } from "../daemon/declared";
import { checkServe } from "../serve/declared";
import { checkFlags, flagsAfterLogin } from "../settings/flags";
import type { Target } from "../target";
import { adjust, putNameBack } from "./adjust";
import { findAuthKey } from "./auth-key";
import { ensureDaemon } from "./daemon";
import { wrongTailnet } from "./errors";
import { joinAnew } from "./join-anew";
import { ensureKeyExpiry } from "./key-expiry";
import { mustHaveApi } from "./name";
import { ensureKeyRenewed, mustRenew } from "./renew-key";
import { ensureApproved } from "./routes";
import { ensureServed } from "./serve";
import { settle } from "./settle";

/**
 * A joined host costs the probe and nothing else; a host that has to log in two execs more, the second of which marks it as
 * held by this declaration.
 */
export async function ensureNode(target: Target, given: EnsureJoinedOptions): Promise<NodeState> {
  const { host } = target;
  checkFlags(host, given.flags ?? {}, given.extraFlags);
  checkServe(host, target.rules, given.serve);
  checkDaemon(host, given.daemon);
  checkUdpGro(host, given);
  const wishes = { ...given, flags: withWithdrawals(given.flags, given.former?.flags) };
  mustHaveApi(target, wishes);
  mustRenew(target, wishes);
  const seen = await target.facts([...(given.serve ?? []), ...(given.former?.serve ?? [])].length > 0);
  mustBeFree(host, seen, wishes);
  const conflict = findConflict(seen, wishes);
  if (conflict === undefined) {
    // At once, before anything is done there: another declaration of this run that leads here shall hear of it.
    wishes.siblings?.hold(holdingOf(seen));
  } else {
    // A client that forgets its state needs a key to come back with.
    if (conflict.shares === "copy" && wishes.onClone === "reset") findAuthKey(target, wishes);
    await mustBeItself(target, wishes, conflict);
  }

  mustBeHere(target, wishes, await target.facts()); // before anything is changed on a host that is somebody else's
  await ensureForwarding(target, routesOf(wishes.flags));
  const untuned = await ensureUdpGro(target, wishes);
  const wasMember = await ensureMembership(target, wishes);
  const extended = await ensureKeyRenewed(target, wishes);
  await ensureApproved(target, wishes, seen);
  await dropForwarding(target);
  await dropUdpGro(target, wishes);
  const neverExpires = await ensureKeyExpiry(target, wishes);
  await takeHold(target, wishes);
  await ensureServed(target, wishes);
  const facts = await target.facts();
  wishes.siblings?.hold(holdingOf(facts));
  mustBeSigned(host, facts);
  const routes = routesOf(given.flags);
  const warnings = [
    ...new Set([
      ...forwardingWarnings(facts, routes),
      ...untuned,
      ...lastingWarnings(facts, wishes),
      ...healthWarnings(facts, given),
    ]),
  ];
  const { keyExpiry, ...state } = nodeState(host, facts, given);
  return {
    ...{ ...state, warnings, wasMember },
    ...(neverExpires || keyExpiry === undefined ? {} : { keyExpiry: extended ?? keyExpiry }),
  };
}

/** In which other network the node is, where it may leave that; else it throws wrong-tailnet. */
function mustBeHere({ host, network }: Target, wishes: EnsureJoinedOptions, seen: HostFacts) {
  const elsewhere = isLoggedIn(seen) ? mismatch(network, seen) : undefined;
  if (elsewhere !== undefined && !mayMove(wishes, seen)) throw wrongTailnet(host, elsewhere);
  return elsewhere;
}

/** True when the host was a member already. */
async function ensureMembership(target: Target, wishes: EnsureJoinedOptions): Promise<boolean> {
  const elsewhere = mustBeHere(target, wishes, await target.facts());
  await ensureDaemon(target, wishes);
  const before = await target.facts();
  mustNotBeCutOff(target, before);
  const isMember = isLoggedIn(before) && elsewhere === undefined;
  if (isMember && (isDownUnseen(target, before) || (await isListed(target, before)) !== "no")) {
    await mend(target, wishes, before);
    return true;
  }
  // Without a key to log in with nothing else is done, and above all nobody is logged out.
  findAuthKey(target, wishes);
  await joinAnew(target, wishes, before, elsewhere === undefined ? "up" : "login");
  const { flags = {} } = wishes;
  warnOfDroppedExitNode(target, flags, before);
  // After all else, and not undone: a flag that the client refuses is no reason to leave the mesh.
  const late = { ...wishes, flags: flagsAfterLogin(flags, before.prefs), former: undefined };
  await adjust(target, late, await target.facts());
  return false;
}

/** A node of the right network gets what it lacks. A renaming that fails is taken back. */
async function mend(target: Target, wishes: EnsureJoinedOptions, before: HostFacts): Promise<void> {
  const facts = await adjust(target, wishes, before);
  try {
    await settle(target, wishes, facts);
  } catch (error) {
    const former = before.prefs?.Hostname;
    const renamed = former !== undefined && former !== "" && former !== target.host;
    if (renamed && isMeshError(error, "name-taken") && !isWantedBySibling(wishes, former))
      await putNameBack(target, former).catch((failed: unknown) => {
        target.ctx.warn(
          `${target.host}: the former name ${former} could not be put back: ${messageOf(failed)}`,
        );
      });
    throw error;
  }
}

/** Two hosts that swap their names: one has to let go of its own first, or neither ever gets the other's. */
function isWantedBySibling({ siblings }: EnsureJoinedOptions, name: string): boolean {
  return siblings?.others().some((other) => other.name === name) === true;
}

/** It is remembered by an id, which cannot be set again. */
function warnOfDroppedExitNode({ host, ctx }: Target, flags: NodeFlags, before: HostFacts): void {
  const { ExitNodeID, ExitNodeIP } = before.prefs ?? { ExitNodeID: "", ExitNodeIP: "" };
  if (flags["exit-node"] === undefined && (ExitNodeID || ExitNodeIP) !== "")
    ctx.warn(`${host}: the login dropped the exit node that somebody had set; name it in flags to keep one`);
}

/** By policy; or because the host is still in the network that an earlier run of ours joined. */
function mayMove({ onTailnetMismatch, former }: EnsureJoinedOptions, { prefs }: HostFacts): boolean {
  if (onTailnetMismatch === "move") return true;
  return (
    former?.loginServer !== undefined &&
    normalizeUrl(former.loginServer) === normalizeUrl(prefs?.ControlURL ?? "")
  );
}
