/** Ensures that a host is a node with the wanted name, tags and settings, all read back from the node. */
import type { EnsureJoinedOptions, NodeFlags, NodeState, ProviderContext } from "../../contract";
import { findAuthKey } from "./auth-key";
import type { ClientConfig } from "../config";
import { cutOff } from "../network/cut-off";
import type { HostFacts } from "../probe/facts";
import {
  changedFlags,
  checkFlags,
  extraArguments,
  flagsAfterLogin,
  formerFlags,
  reroutes,
} from "../settings/flags";
import type { ClientFlavor } from "../flavor";
import type { Guard } from "../guard/guard";
import { notInTime, settingRefused, wrongTailnet } from "./errors";
import { undoJoin } from "../leave/leave";
import { login, switchBack } from "./login";
import { isUnlisted } from "../network/listed";
import { freeName } from "./name";
import { mismatch, normalizeUrl } from "../network/match";
import { isLoggedIn, nodeState } from "../probe/node";
import { readFacts, run } from "../run";
import { CHANGE, FORGET_PROFILE, LOGOUT } from "../scripts/node";
import { settle } from "./settle";

/** A joined host costs the probe and nothing else; a host that has to log in one exec more. */
export async function ensureNode<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  options: EnsureJoinedOptions,
): Promise<NodeState> {
  const { host, flags = {} } = options;
  checkFlags(host, flags, options.extraFlags);
  const before = await loggedOutIfUnlisted(ctx, flavor, config, host, await readFacts(ctx, host));
  const outOfReach = cutOff(flavor, config, host, before);
  if (outOfReach !== undefined) throw outOfReach;
  const elsewhere = isLoggedIn(before) ? mismatch(flavor, config, before) : undefined;
  if (elsewhere !== undefined && !mayMove(options, before)) throw wrongTailnet(host, elsewhere);
  if (isLoggedIn(before) && elsewhere === undefined) {
    const facts = await adjust(ctx, options, before);
    return nodeState(host, await settle(ctx, flavor, config, options, facts), flags);
  }
  // Without a key to log in with, no other node shall go.
  findAuthKey(ctx, flavor, config, options);
  await freeName(ctx, flavor, config, options);
  const command = elsewhere === undefined ? "up" : "login";
  await joinAnew(ctx, flavor, config, options, before, command);
  warnOfDroppedExitNode(ctx, host, flags, before);
  // After all else, and not undone: a flag that the client refuses is no reason to leave the mesh.
  const late = { ...options, flags: flagsAfterLogin(flags, before.prefs), formerExtraFlags: undefined };
  return nodeState(host, await adjust(ctx, late, await readFacts(ctx, host)), flags);
}

/** It is remembered by an id, which cannot be set again. */
function warnOfDroppedExitNode(
  ctx: ProviderContext,
  host: string,
  flags: NodeFlags,
  before: HostFacts,
): void {
  const { ExitNodeID, ExitNodeIP } = before.prefs ?? { ExitNodeID: "", ExitNodeIP: "" };
  if (flags["exit-node"] === undefined && (ExitNodeID || ExitNodeIP) !== "")
    ctx.warn(`${host}: the login dropped the exit node that somebody had set; name it in flags to keep one`);
}

/** Logs in and settles; a node that cannot be settled is not left behind. */
async function joinAnew<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  options: EnsureJoinedOptions,
  before: HostFacts,
  command: "up" | "login",
): Promise<void> {
  const { host } = options;
  const { facts, previousProfile } = await login(ctx, flavor, config, options, before, command);
  try {
    nodeState(host, await settle(ctx, flavor, config, options, facts, true)); // or throws
    if (previousProfile !== undefined) {
      await run(ctx, host, { label: "forget-profile", script: FORGET_PROFILE, args: [previousProfile] });
    }
  } catch (error) {
    // Never leave a node behind that lacks its tags or is in a foreign tailnet.
    ctx.progress("undoing the join");
    await undoJoin(ctx, flavor, config, { host, nodeId: facts.status?.Self?.ID }).catch(() => undefined);
    if (previousProfile !== undefined) await switchBack(ctx, host, previousProfile).catch(() => undefined);
    throw error;
  }
}

/** A node that the control server does not list any more has to log in again, which it would not do by itself. */
async function loggedOutIfUnlisted<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  host: string,
  facts: HostFacts,
): Promise<HostFacts> {
  if (!isLoggedIn(facts) || mismatch(flavor, config, facts) !== undefined) return facts;
  if (!(await isUnlisted(ctx, flavor, config, host, facts))) return facts;
  ctx.progress("the control server does not list the node any more: logging out");
  return (await run(ctx, host, { label: "logout", script: LOGOUT })).facts;
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
  ctx: ProviderContext,
  { host, flags = {}, extraFlags = {}, formerExtraFlags }: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  let facts = before;
  if (["Stopped", "Starting"].includes(facts.status?.BackendState ?? ""))
    facts = await change(ctx, host, ["up"], "starting the node");
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
  return change(ctx, host, ["set", ...settings], "changing settings", { name, guard });
}

/** Exit status of `timeout`. */
const TIMED_OUT = 124;

/** `name`: the label that the node gets by this change, which is waited for. */
async function change(
  ctx: ProviderContext,
  host: string,
  args: readonly string[],
  step: string,
  { name = "", guard }: { readonly name?: string; readonly guard?: Guard } = {},
): Promise<HostFacts> {
  ctx.progress(step);
  const options = { label: "change", script: CHANGE, args: [name, ...args], guard };
  const { code, output, facts } = await run(ctx, host, options);
  if (code === TIMED_OUT) throw notInTime(host, `tailscale ${args.join(" ")}`);
  if (code !== 0) throw settingRefused(host, output);
  return facts;
}
