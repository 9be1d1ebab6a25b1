/** Pure: what a refresh says of a node that is not as configured, beside its name, tags and flags, which show as such. */
import { whatIsMissing } from "../install";
import type { EnsureJoinedOptions } from "../../contract";
import type { ClientConfig } from "../config";
import type { HostFacts } from "../probe/facts";
import type { ClientFlavor } from "../flavor";
import { mismatch } from "./match";
import { fqdnOf } from "../probe/node";

/** A sentence each; none when all is well. */
export function findDrift<C extends ClientConfig>(
  flavor: ClientFlavor<C>,
  config: C,
  facts: HostFacts,
  { host, onNameConflict }: Pick<EnsureJoinedOptions, "host" | "onNameConflict">,
): string[] {
  const elsewhere = mismatch(flavor, config, facts);
  const expected = `${host}.${config.tailnet_domain}`;
  const renamed = elsewhere === undefined && onNameConflict !== "accept" && fqdnOf(facts) !== expected;
  const missing = whatIsMissing(facts, config.install);
  return [
    ...(elsewhere === undefined ? [] : [`expected ${elsewhere.wanted}, found ${elsewhere.actual || "none"}`]),
    ...(renamed ? [`expected the FQDN ${expected}, found ${fqdnOf(facts) || "none"}`] : []),
    ...(facts.status?.BackendState === "Stopped" ? ["the node is down (tailscale down)"] : []),
    ...(missing === undefined ? [] : [missing.text]),
  ];
}
