/** What a refresh says of a node's routes: whether they are forwarded, approved, and sent to anybody. */
import { isMeshError } from "../../../errors";
import type { NodeFlags } from "../../contract";
import type { Listing } from "../network/listed";
import type { HostFacts } from "../probe/facts";
import { unservedRoutes, waitingRoutes } from "../routes/approval";
import { routesOf, without } from "../routes/declared";
import { forwardingDrift } from "../routes/forwarding";
import type { Target } from "../target";

/** A sentence each. What is offered shows in the flags. */
export async function routesDrift(
  target: Target,
  facts: HostFacts,
  flags: NodeFlags | undefined,
  listing: Listing,
): Promise<string[]> {
  const routes = routesOf(flags);
  if (routes.length === 0) return [];
  return [...forwardingDrift(facts, routes), ...(await approvalDrift(target, facts, routes, listing))];
}

async function approvalDrift(
  { host, ctx, api }: Target,
  facts: HostFacts,
  routes: readonly string[],
  { listed, record: node }: Listing,
): Promise<string[]> {
  if (isMeshError(listed)) return [];
  if (node?.routes === undefined) return wait(waitingRoutes(facts, routes));
  const waiting = without(routes, node.routes.approved);
  if (waiting.length > 0) return wait(waiting);
  const alone = unservedRoutes([node], routes);
  if (alone.length === 0) return [];
  try {
    const unserved = unservedRoutes(await api!.listNodes(), routes);
    return unserved.length === 0
      ? []
      : [`the routes ${unserved.join(", ")} are approved, and the control server sends them to no node`];
  } catch (error) {
    if (!isMeshError(error)) throw error;
    ctx.warn(`${host}: whether another node serves its routes could not be checked: ${error.detail}`);
    return [];
  }
}

const wait = (routes: readonly string[]) =>
  routes.length === 0 ? [] : [`the routes ${routes.join(", ")} wait for approval at the control server`];
