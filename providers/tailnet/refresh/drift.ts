/** Pure: what a refresh says of a node that is not as configured, beside its name, tags and flags, which show as such. */
import type { NameConflictPolicy } from "../../contract";
import { whatIsMissing } from "../install/missing";
import type { HostFacts } from "../probe/facts";
import { fqdnOf } from "../probe/node";
import type { Target } from "../target";
import { mismatch } from "../network/match";

/** A sentence each; none when all is well. */
export function findDrift(
  { network, config }: Target,
  facts: HostFacts,
  onNameConflict?: NameConflictPolicy,
): string[] {
  const elsewhere = mismatch(network, facts);
  const expected = network.fqdn;
  const renamed = elsewhere === undefined && onNameConflict !== "accept" && fqdnOf(facts) !== expected;
  const missing = whatIsMissing(facts, config.install);
  return [
    ...(elsewhere === undefined ? [] : [`expected ${elsewhere.wanted}, found ${elsewhere.actual || "none"}`]),
    ...(renamed ? [`expected the FQDN ${expected}, found ${fqdnOf(facts) || "none"}`] : []),
    ...(facts.status?.BackendState === "Stopped" ? ["the node is down (tailscale down)"] : []),
    ...(missing === undefined ? [] : [missing.text]),
  ];
}
