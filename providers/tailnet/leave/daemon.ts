/** On a host that stays in the mesh as somebody else's, tailscaled is started no more with what this declaration said; a host that leaves does that by itself. */
import { isMeshError } from "../../../errors";
import { applyDaemon } from "../daemon/apply";
import type { Target } from "../target";

/** A failure is a warning: the host is in other hands already. */
export async function withdrawDaemon(target: Target): Promise<void> {
  const { daemonSettings } = await target.facts();
  if (daemonSettings === undefined) return;
  try {
    await applyDaemon(target, undefined);
  } catch (error) {
    if (!isMeshError(error)) throw error;
    target.ctx.warn(
      `${target.host}: tailscaled is still started with what was declared for it: ${error.detail}`,
    );
  }
}
