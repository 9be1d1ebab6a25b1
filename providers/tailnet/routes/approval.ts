/** Which routes of a node wait for approval, and having them approved: others' approvals stay as they are. */
import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "../../../errors";
import type { ApiNode, ControlServerApi, NodeRoutes } from "../../control-server/api";
import type { ProvenNode } from "../../control-server/proof";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";
import { without } from "./declared";

export interface RouteChange {
  /** The routes that the declaration has. */
  readonly ours: readonly string[];
  /** Those that it had. */
  readonly former: readonly string[];
}

/** Pure: the routes that are to be approved; undefined when all is as it shall be. */
export function approvalsDue(
  approved: readonly string[],
  { ours, former }: RouteChange,
): readonly string[] | undefined {
  const isRight =
    without(ours, approved).length === 0 && !without(former, ours).some((route) => approved.includes(route));
  return isRight ? undefined : [...new Set([...without(approved, former), ...ours])].sort();
}

/** Approves our routes, and takes those back that are ours no more. Throws control-server when the server did otherwise. */
export async function approve(
  { host, ctx }: Target,
  api: ControlServerApi,
  node: ProvenNode,
  change: RouteChange,
): Promise<void> {
  if (node.routes !== undefined && approvalsDue(node.routes.approved, change) === undefined) return;
  // Asked right before, for the list is replaced as a whole.
  const { approved } = await awaitOffer(api, node, change.ours);
  const due = approvalsDue(approved, change);
  if (due === undefined) return;
  ctx.progress(
    change.ours.length === 0 ? "withdrawing routes" : `approving routes ${change.ours.join(", ")}`,
  );
  const missing = without(change.ours, (await api.approveRoutes(node, due)).approved);
  if (missing.length === 0) return;
  throw new MeshError({
    kind: "control-server",
    host,
    message: `the control server did not approve the routes ${missing.join(", ")}`,
    remedy: "Look at the node's routes there, and at its log; then run `pulumi up` again.",
  });
}

const OFFER_TRIES = 20;
const OFFER_PAUSE_MS = 250;

/** Headscale sends nobody by a route that was approved before it heard of its offer, which takes a moment (headscale#2896). */
async function awaitOffer(
  api: ControlServerApi,
  node: ProvenNode,
  routes: readonly string[],
): Promise<NodeRoutes> {
  for (let i = 1; ; i++) {
    const now = await api.readRoutes(node);
    if (i === OFFER_TRIES || without(routes, now.offered).length === 0) return now;
    await sleep(OFFER_PAUSE_MS);
  }
}

/** Pure: routes that the node has not heard to be approved, and that no other node serves in its place. */
export function waitingRoutes(
  { status, servedByOthers }: HostFacts,
  routes: readonly string[],
): readonly string[] {
  return without(routes, [...(status?.Self?.AllowedIPs ?? []), ...servedByOthers]);
}

/** Pure: subnet routes of ours that the server sends to none of these nodes; none where it does not tell. */
export function unservedRoutes(nodes: readonly ApiNode[], routes: readonly string[]): readonly string[] {
  if (nodes.every((node) => node.routes?.served === undefined)) return [];
  const served = nodes.flatMap((node) => node.routes?.served ?? []);
  return without(routes, served).filter((route) => !route.endsWith("/0"));
}
