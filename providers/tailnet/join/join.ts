/** Ensures that a host is a node with the wanted name, tags and settings, all read back from the node. */
import type { EnsureJoinedOptions, NodeFlags, NodeState } from "../../contract";
import type { Guard } from "../guard/guard";
import { undoJoin } from "../leave/leave";
import { cutOff } from "../network/cut-off";
import { isUnlisted } from "../network/listed";
import { mismatch, normalizeUrl } from "../network/match";
import { nodeState } from "../network/node-state";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { CHANGE, FORGET_PROFILE, LOGOUT } from "../scripts/node";
import {
  changedFlags,
  checkFlags,
  extraArguments,
  flagsAfterLogin,
  formerFlags,
  reroutes,
} from "../settings/flags";
import type { Target } from "../target";
import { findAuthKey } from "./auth-key";
import { notInTime, settingRefused, wrongTailnet } from "./errors";
import { login, switchBack } from "./login";
import { freeName } from "./name";
import { settle } from "./settle";

/** A joined host costs the probe and nothing else; a host that has to log in one exec more. */
export async function ensureNode(target: Target, wishes: EnsureJoinedOptions): Promise<NodeState> {
  const { host, network } = target;
  const { flags = {} } = wishes;
  checkFlags(host, flags, wishes.extraFlags);
  const before = await loggedOutIfUnlisted(target, await target.facts());
  const outOfReach = cutOff(target, before);
  if (outOfReach !== undefined) throw outOfReach;
  const elsewhere = isLoggedIn(before) ? mismatch(network, before) : undefined;
  if (elsewhere !== undefined && !mayMove(wishes, before)) throw wrongTailnet(host, elsewhere);
  if (isLoggedIn(before) && elsewhere === undefined) {
    const facts = await adjust(target, wishes, before);
    return nodeState(host, await settle(target, wishes, facts), flags);
  }
  // Without a key to log in with, no other node shall go.
  findAuthKey(target, wishes);
  await freeName(target, wishes.onNameConflict);
  await joinAnew(target, wishes, before, elsewhere === undefined ? "up" : "login");
  warnOfDroppedExitNode(target, flags, before);
  // After all else, and not undone: a flag that the client refuses is no reason to leave the mesh.
  const late = { ...wishes, flags: flagsAfterLogin(flags, before.prefs), formerExtraFlags: undefined };
  return nodeState(host, await adjust(target, late, await target.facts()), flags);
}

/** It is remembered by an id, which cannot be set again. */
function warnOfDroppedExitNode({ host, ctx }: Target, flags: NodeFlags, before: HostFacts): void {
  const { ExitNodeID, ExitNodeIP } = before.prefs ?? { ExitNodeID: "", ExitNodeIP: "" };
  if (flags["exit-node"] === undefined && (ExitNodeID || ExitNodeIP) !== "")
    ctx.warn(`${host}: the login dropped the exit node that somebody had set; name it in flags to keep one`);
}

/** Logs in and settles; a node that cannot be settled is not left behind. */
async function joinAnew(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
  command: "up" | "login",
): Promise<void> {
  const { host, ctx, run } = target;
  const { facts, previousProfile } = await login(target, wishes, before, command);
  try {
    nodeState(host, await settle(target, wishes, facts, true)); // or throws
    if (previousProfile !== undefined) {
      await run({ label: "forget-profile", script: FORGET_PROFILE, args: [previousProfile] });
    }
  } catch (error) {
    // Never leave a node behind that lacks its tags or is in a foreign tailnet.
    ctx.progress("undoing the join");
    await undoJoin(target, facts.status?.Self?.ID).catch(() => undefined);
    if (previousProfile !== undefined) await switchBack(target, previousProfile).catch(() => undefined);
    throw error;
  }
}

/** A node that the control server does not list any more has to log in again, which it would not do by itself. */
async function loggedOutIfUnlisted(target: Target, facts: HostFacts): Promise<HostFacts> {
  if (!isLoggedIn(facts) || mismatch(target.network, facts) !== undefined) return facts;
  if (!(await isUnlisted(target, facts))) return facts;
  target.ctx.progress("the control server does not list the node any more: logging out");
  return (await target.run({ label: "logout", script: LOGOUT })).facts;
}

/** By policy; or because the host is still in the network that an earlier run of ours joined. */
function mayMove(
  { onTailnetMismatch, formerLoginServer }: EnsureJoinedOptions,
  { prefs }: HostFacts,
): boolean {
  if (onTailnetMismatch === "move") return true;
  return (
    formerLoginServer !== undefined &&
    normalizeUrl(formerLoginServer) === normalizeUrl(prefs?.ControlURL ?? "")
  );
}

/** Starts a stopped node, and changes hostname and flags where they differ (`set`: others' settings stay). */
async function adjust(
  target: Target,
  { flags = {}, extraFlags = {}, formerExtraFlags }: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  const { host } = target;
  let facts = before;
  if (["Stopped", "Starting"].includes(facts.status?.BackendState ?? ""))
    facts = await change(target, ["up"], "starting the node");
  const { prefs } = facts;
  if (prefs === undefined) return facts;
  const name = prefs.Hostname === host ? undefined : host;
  const settings = [
    ...(name === undefined ? [] : [`--hostname=${name}`]),
    ...changedFlags(flags, prefs),
    ...extraArguments(extraFlags, formerExtraFlags),
  ];
  if (settings.length === 0) return facts;
  const guard = {
    change: `tailscale set ${settings.join(" ")}`,
    reroutes: reroutes(settings),
    restore: [
      `--hostname=${prefs.Hostname}`,
      ...formerFlags(flags, prefs),
      ...extraArguments(formerExtraFlags ?? {}, extraFlags),
    ],
  };
  return change(target, ["set", ...settings], "changing settings", { name, guard });
}

/** Exit status of `timeout`. */
const TIMED_OUT = 124;

/** `name`: the label that the node gets by this change, which is waited for. */
async function change(
  { host, ctx, run }: Target,
  args: readonly string[],
  step: string,
  { name = "", guard }: { readonly name?: string; readonly guard?: Guard } = {},
): Promise<HostFacts> {
  ctx.progress(step);
  const options = { label: "change", script: CHANGE, args: [name, ...args], guard };
  const { code, output, facts } = await run(options);
  if (code === TIMED_OUT) throw notInTime(host, `tailscale ${args.join(" ")}`);
  if (code !== 0) throw settingRefused(host, output);
  return facts;
}
