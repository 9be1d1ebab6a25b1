/** Takes back what was approved for a node that is logged out and stays listed: its routes are nobody's then. */
import { isMeshError } from "../../../errors";
import type { EnsureLeftOptions } from "../../contract";
import { approve } from "../routes/approval";
import { routesOf } from "../routes/declared";
import type { Target } from "../target";
import { provenAtServer } from "./at-server";

/** What could not be done, half a sentence each; a host that has left stays so. */
export async function withdrawRoutes(
  target: Target,
  { recorded, flags }: Pick<EnsureLeftOptions, "recorded" | "flags">,
): Promise<string[]> {
  const { api } = target;
  const former = routesOf(flags);
  if (former.length === 0) return [];
  const stay = (why: string) => [`its routes ${former.join(", ")} stay approved at the control server${why}`];
  try {
    const proof = await provenAtServer(target, recorded);
    if (proof?.ok === true && api !== undefined) await approve(target, api, proof.node, { ours: [], former });
    else if (proof === undefined) return stay(", if they were");
    return [];
  } catch (error) {
    if (isMeshError(error)) return stay(`: ${error.detail}`);
    throw error;
  }
}
