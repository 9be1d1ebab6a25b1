/** Has a node that is in the mesh serve the declared ports, and no more those that are declared no more. */
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import { ridesMesh } from "../guard/rides-mesh";
import type { HostFacts } from "../probe/facts";
import { applyServe, changeOf, isEmpty, readServed, serveDue } from "../serve/apply";
import type { ServePlan } from "../serve/plan";
import type { Target } from "../target";

/** No exec when all is as declared. */
export async function ensureServed(
  target: Target,
  { serve, former }: Pick<EnsureJoinedOptions, "serve" | "former">,
): Promise<void> {
  const change = changeOf(serve, former?.serve);
  if (isEmpty(change)) return;
  const facts = await readServed(target);
  const plan = serveDue(facts, change);
  if (plan === undefined) return;
  mustNotTakeSsh(target.host, facts, plan);
  await applyServe(target, facts, change, plan);
}

/** The client would answer at the port that this very connection comes in at, and sshd no more. */
function mustNotTakeSsh(host: string, facts: HostFacts, { steps }: ServePlan): void {
  const port = facts.peer?.ssh === "sshd" ? facts.peer.port : 22; // where Tailscale SSH listens
  if (!ridesMesh(facts) || !steps.some((step) => step.act !== "off" && step.port === port)) return;
  throw new MeshError({
    kind: "would-lock-out",
    host,
    message: `the node would serve port ${port}, at which this connection comes in through the mesh`,
    remedy: "Serve another port, or set the host's connection to an address or port beside it.",
  });
}
