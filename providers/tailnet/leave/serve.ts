/** A host that stays in the mesh as somebody else's serves no more what this declaration had it serve; a logout ends that by itself. */
import { isMeshError } from "../../../errors";
import type { ServedPort } from "../../../serve";
import { applyServe, changeOf, isEmpty, readServed, serveDue } from "../serve/apply";
import type { Target } from "../target";

/** A failure is a warning: the host is in other hands already. */
export async function withdrawServed(
  target: Target,
  serve: readonly ServedPort[] | undefined,
): Promise<void> {
  const change = changeOf([], serve);
  if (isEmpty(change)) return;
  try {
    const facts = await readServed(target);
    const plan = serveDue(facts, change);
    if (plan !== undefined) await applyServe(target, facts, change, plan);
  } catch (error) {
    if (!isMeshError(error)) throw error;
    target.ctx.warn(`${target.host}: what it served could not be taken back: ${error.detail}`);
  }
}
