/** Pure: what a refresh says of the ports that a node shall serve, a sentence each. */
import { toServed, type ServedPort } from "../../../serve";
import type { HostFacts } from "../probe/facts";
import { fqdnOf } from "../probe/node";
import { differences } from "../serve/compare";

export function serveDrift(facts: HostFacts, serve: readonly ServedPort[] = []): string[] {
  if (serve.length === 0) return [];
  if (facts.serve === undefined) return ["the client does not tell what it serves"];
  return differences(facts.serve.config, fqdnOf(facts), serve.map(toServed));
}
