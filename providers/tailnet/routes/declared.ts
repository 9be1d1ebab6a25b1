/** Pure: which routes a declaration has its node offer, which it does not any more, and whether it has what `udpGro` is for. */
import { invalidConfig, type ValidationIssue } from "../../../validation";
import type { EnsureJoinedOptions, FlagValue, NodeFlags } from "../../contract";
import { EXIT_ROUTES, sortList } from "../settings/known-flags";

/** The routes that these flags offer, as the control server writes them; an exit node's are those of both families. */
export function routesOf(flags: NodeFlags = {}): readonly string[] {
  const subnets = sortList(asList(flags["advertise-routes"])).split(",").filter(Boolean);
  return [...subnets, ...(flags["advertise-exit-node"] === true ? EXIT_ROUTES : [])];
}

/** The flags that end what an earlier run offered and nobody declares any more: a route is not left behind like a setting. */
export function withWithdrawals(flags: NodeFlags = {}, former: NodeFlags = {}): NodeFlags {
  const isDropped = (name: string) =>
    flags[name] === undefined && routesOf({ [name]: former[name] ?? "" }).length > 0;
  return {
    ...flags,
    ...(isDropped("advertise-routes") ? { "advertise-routes": [] } : {}),
    ...(isDropped("advertise-exit-node") ? { "advertise-exit-node": false } : {}),
  };
}

/** What is wrong with `udpGro` beside these flags. */
export function udpGroMistakes(flags: NodeFlags): ValidationIssue[] {
  if (routesOf(flags).length > 0) return [];
  const message =
    "is for a host that routes: declare advertise-routes or advertise-exit-node in its flags, or leave it out (where all hosts share it, udpGro: false)";
  return [{ path: [], message }];
}

/** Throws invalid-config. */
export function checkUdpGro(
  host: string,
  { udpGro, flags }: Pick<EnsureJoinedOptions, "udpGro" | "flags">,
): void {
  const mistakes = udpGro === true ? udpGroMistakes(flags ?? {}) : [];
  const remedy = "Correct the host's settings.";
  if (mistakes.length > 0) throw invalidConfig("udpGro", mistakes, { host, remedy });
}

/** What is in the one list and not in the other. */
export function without(routes: readonly string[], others: readonly string[]): readonly string[] {
  return routes.filter((route) => !others.includes(route));
}

function asList(value: FlagValue = []): readonly string[] {
  return typeof value === "object" ? value : String(value).split(",");
}
