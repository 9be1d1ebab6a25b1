/** Ensures that a host is a node with the wanted name, tags and settings, all read back from the node. */
import type { EnsureJoinedOptions, NodeState, ProviderContext } from "../contract";
import { type ClientConfig, buildFQDN } from "./config";
import type { HostFacts } from "./facts";
import { changedFlags, checkFlags } from "./flags";
import type { ClientFlavor } from "./flavor";
import {
  nameTaken,
  needsApproval,
  notInMesh,
  settingRefused,
  tagsRefused,
  wrongTailnet,
  type Mismatch,
} from "./join-errors";
import { leave } from "./leave";
import { login, switchBack } from "./login";
import { fqdnOf, isLoggedIn, nodeState, tagChange } from "./node";
import { readFacts, run } from "./run";
import { AWAIT_NODE, CHANGE, FORGET_PROFILE } from "./scripts";

/** A joined host costs the probe and nothing else; a host that has to log in one exec more. */
export async function ensureNode<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  options: EnsureJoinedOptions,
): Promise<NodeState> {
  const { host, flags = {} } = options;
  checkFlags(host, flags);
  const before = await readFacts(ctx, host);
  const elsewhere = isLoggedIn(before) ? mismatch(flavor, config, before) : undefined;
  if (elsewhere !== undefined && options.move !== true) throw wrongTailnet(host, elsewhere);
  if (isLoggedIn(before) && elsewhere === undefined) {
    const facts = await adjust(ctx, options, before);
    return nodeState(host, await settle(ctx, flavor, config, options, facts), flags);
  }
  const { facts, previousProfile } = await login(
    ctx,
    flavor,
    config,
    options,
    before,
    elsewhere === undefined ? "up" : "login",
  );
  try {
    const settled = nodeState(host, await settle(ctx, flavor, config, options, facts), flags);
    if (previousProfile !== undefined)
      await run(ctx, host, { label: "forget-profile", script: FORGET_PROFILE, args: [previousProfile] });
    return settled;
  } catch (error) {
    // Never leave a node behind that lacks its tags or is in a foreign tailnet.
    ctx.progress("undoing the join");
    await leave(ctx, flavor, config, { config, host, nodeId: facts.status?.Self?.ID }).catch(() => undefined);
    if (previousProfile !== undefined) await switchBack(ctx, host, previousProfile).catch(() => undefined);
    throw error;
  }
}

/** Starts a stopped node, and changes hostname and flags where they differ (`set`: others' settings stay). */
async function adjust(
  ctx: ProviderContext,
  { host, flags = {} }: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  let facts = before;
  if (["Stopped", "Starting"].includes(facts.status?.BackendState ?? ""))
    facts = await change(ctx, host, ["up"], "starting the node");
  const { prefs } = facts;
  if (prefs === undefined) return facts;
  const settings = [
    ...(prefs.Hostname === host ? [] : [`--hostname=${host}`]),
    ...changedFlags(flags, prefs),
  ];
  return settings.length === 0 ? facts : change(ctx, host, ["set", ...settings], "changing settings");
}

async function change(
  ctx: ProviderContext,
  host: string,
  args: readonly string[],
  step: string,
): Promise<HostFacts> {
  ctx.progress(step);
  const { code, output, facts } = await run(ctx, host, {
    label: "change",
    script: CHANGE,
    args: [host, ...args],
  });
  if (code !== 0) throw settingRefused(host, output);
  return facts;
}

/** Checks what was read back, and has the control server's API mend what the host alone cannot. */
async function settle<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  { host, tags, formerTags }: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  if (before.status?.BackendState === "NeedsMachineAuth") throw needsApproval(host);
  const elsewhere = mismatch(flavor, config, before);
  if (elsewhere !== undefined) throw wrongTailnet(host, elsewhere);
  const expected = buildFQDN(host, config);
  const due = tagChange(before, tags, formerTags);
  if (due === undefined && fqdnOf(before) === expected) return before;

  const nodeId = before.status?.Self?.ID;
  if (nodeId === undefined) throw notInMesh(host);
  const api = flavor.openApi?.(config, ctx, host);
  if (due !== undefined) {
    if (api === undefined) throw tagsRefused(host, due, flavor.tagRemedy);
    ctx.progress(`setting tags ${due.target.join(", ")}`);
    await api.setTags(nodeId, due.target);
  }
  if (fqdnOf(before) !== expected) {
    if (api === undefined) throw nameTaken(host, expected, fqdnOf(before));
    ctx.progress(`renaming ${fqdnOf(before)}`);
    await api.rename(nodeId, host);
  }
  const { facts } = await run(ctx, host, {
    label: "await-node",
    script: AWAIT_NODE,
    args: [host, ...tags, "--", ...(due?.surplus ?? [])],
  });
  const still = tagChange(facts, tags, formerTags);
  if (still !== undefined) throw tagsRefused(host, still, flavor.tagRemedy);
  if (fqdnOf(facts) !== expected) throw nameTaken(host, expected, fqdnOf(facts));
  return facts;
}

/** Pure: how the node's network differs from the wanted one; undefined when it is that one. */
function mismatch<C extends ClientConfig>(
  flavor: ClientFlavor<C>,
  config: C,
  { prefs, status }: HostFacts,
): Mismatch | undefined {
  const wanted = flavor.loginServer(config);
  const actual = prefs?.ControlURL ?? "";
  if (![wanted, ...(flavor.synonyms ?? [])].map(normalizeUrl).includes(normalizeUrl(actual))) {
    return { wanted: `login server ${wanted}`, actual };
  }
  const suffix = status?.CurrentTailnet?.MagicDNSSuffix?.replace(/\.$/, "") || undefined;
  if (suffix === undefined || suffix === config.tailnet_domain) return undefined;
  return { wanted: `tailnet ${config.tailnet_domain}`, actual: suffix };
}

function normalizeUrl(url: string): string {
  return url.toLowerCase().replace(/\/+$/, "");
}
