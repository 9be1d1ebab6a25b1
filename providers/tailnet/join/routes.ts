/** Has the routes that a node offers approved at the control server, or says which wait for somebody to do it. */
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import { approve, waitingRoutes } from "../routes/approval";
import { routesOf, without } from "../routes/declared";
import { AWAIT_ROUTES } from "../scripts/forwarding";
import type { HostFacts } from "../probe/facts";
import type { Target } from "../target";
import { mustProve } from "./settle";

/** `seen`: the facts before this run changed anything, so that only what is new is waited for. */
export async function ensureApproved(
  target: Target,
  wishes: Pick<EnsureJoinedOptions, "flags" | "former" | "recorded">,
  seen: HostFacts,
): Promise<void> {
  const { host, ctx, api, rules } = target;
  const change = { ours: routesOf(wishes.flags), former: routesOf(wishes.former?.flags) };
  if (change.ours.length === 0 && change.former.length === 0) return;
  const facts = await target.facts();
  if (api !== undefined) {
    let approved: readonly string[] | undefined;
    try {
      const node = await mustProve(target, wishes, facts);
      approved = node.routes?.approved;
      return await approve(target, api, node, change);
    } catch (error) {
      // A key that may not approve is no loss where the policy does.
      if (!isMeshError(error, "key-invalid")) throw error;
      if ((await waiting(target, change.ours, true)).length > 0) throw error;
      const stay = without(change.former, change.ours).filter((route) => approved?.includes(route) ?? true);
      if (stay.length > 0)
        ctx.warn(
          `${host}: its routes ${stay.join(", ")} are declared no more, and stay approved at the control server until somebody takes that back there: ${error.detail}`,
        );
      return;
    }
  }
  const names = await waiting(target, change.ours, facts !== seen);
  if (names.length === 0) return;
  ctx.warn(
    `${host}: as far as the node knows, nobody has approved its routes ${names.join(", ")}, so that nothing is sent to it. ${rules.routeRemedy}`,
  );
}

/** A policy that approves does so in a moment. */
async function waiting(
  { run, facts }: Target,
  routes: readonly string[],
  isNew: boolean,
): Promise<readonly string[]> {
  const names = waitingRoutes(await facts(), routes);
  if (names.length === 0 || !isNew) return names;
  const awaited = await run({ label: "await-routes", script: AWAIT_ROUTES, args: names, readOnly: true });
  return waitingRoutes(awaited.facts, routes);
}
