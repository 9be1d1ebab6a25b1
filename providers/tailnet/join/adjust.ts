/** Changes what a node that is in the mesh can change by itself: whether it is up, its hostname and its settings. */
import type { EnsureJoinedOptions, NodeFlags } from "../../contract";
import { nodeGuard } from "../guard/starts";
import type { Guard } from "../guard/types";
import type { HostFacts } from "../probe/facts";
import { printedWarnings } from "../network/warnings";
import { hostScript } from "../scripts";
import { extraArguments, formerExtraArguments } from "../settings/extra-flags";
import { calming, changedFlags, formerFlags, reroutes } from "../settings/flags";
import type { Target } from "../target";
import { notInTime, settingRefused } from "./errors";

/** Starts a stopped node, and changes hostname and flags where they differ (`set`: others' settings stay). */
export async function adjust(
  target: Target,
  { flags = {}, extraFlags = {}, former }: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  const { host } = target;
  const facts = await started(target, flags, before);
  const { prefs } = facts;
  if (prefs === undefined) return facts;
  const name = prefs.Hostname === host ? undefined : host;
  const extra = extraArguments(extraFlags, former?.extraFlags, facts.settings);
  const settings = [
    ...(name === undefined ? [] : [`--hostname=${name}`]),
    ...changedFlags(flags, prefs),
    ...extra,
  ];
  if (settings.length === 0) return facts;
  const guard = {
    change: `tailscale set ${settings.join(" ")}`,
    // What nobody here knows may send the host's traffic other ways, too.
    reroutes: reroutes(settings) || extra.length > 0,
    restore: [
      `--hostname=${prefs.Hostname}`,
      ...formerFlags(flags, prefs),
      ...formerExtraArguments(extraFlags, former?.extraFlags, facts.settings),
    ],
  };
  return change(target, ["set", ...settings], "changing settings", { name, guard });
}

/** A node that is down comes up; before that it loses the routes that it shall not use, which could cut the connection. */
async function started(target: Target, flags: NodeFlags, before: HostFacts): Promise<HostFacts> {
  const state = before.status?.BackendState ?? "";
  if (state !== "Stopped") return state === "Starting" ? change(target, ["up"], "starting the node") : before;
  const settings = before.prefs === undefined ? [] : calming(changedFlags(flags, before.prefs));
  const calm =
    settings.length === 0
      ? before
      : await change(target, ["set", ...settings], "changing settings, before the node starts");
  return change(target, ["up"], "starting the node", { guard: nodeGuard(calm) });
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
  const options = { label: "change", script: hostScript("change"), args: [name, ...args], guard };
  const { code, output, facts } = await run(options);
  if (code === TIMED_OUT) throw notInTime(host, `tailscale ${args.join(" ")}`);
  if (code !== 0) throw settingRefused(host, output);
  for (const warning of printedWarnings(output)) ctx.warn(`${host}: ${warning}`);
  return facts;
}

/** Gives a node the hostname back that it had before a renaming that failed. */
export async function putNameBack(target: Target, name: string): Promise<void> {
  target.ctx.progress(`putting the name ${name} back`);
  await change(target, ["set", `--hostname=${name}`], "putting the former name back", { name });
}
