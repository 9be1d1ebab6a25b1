/** What a refresh says of the ports that a node shall serve, a sentence each. */
import { isMeshError } from "../../../errors";
import { toServed, type ServedPort } from "../../../serve";
import { fqdnOf } from "../probe/node";
import { readServed } from "../serve/apply";
import { differences } from "../serve/compare";
import type { Target } from "../target";

export async function serveDrift(target: Target, serve: readonly ServedPort[] = []): Promise<string[]> {
  if (serve.length === 0) return [];
  try {
    const facts = await readServed(target);
    return differences(facts.serve?.config ?? {}, fqdnOf(facts), serve.map(toServed));
  } catch (error) {
    if (!isMeshError(error, "join-failed")) throw error;
    return [error.detail];
  }
}
