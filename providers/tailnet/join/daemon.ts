/** Has tailscaled started with what is declared, and no more with what is declared no more. */
import { toStartedWith } from "../../../daemon";
import type { EnsureJoinedOptions } from "../../contract";
import { applyDaemon } from "../daemon/apply";
import { daemonDifferences } from "../daemon/compare";
import { readDaemon } from "../daemon/read";
import type { Target } from "../target";

/** Before a login, which may need it: a proxy, for one. No exec when all is as declared. */
export async function ensureDaemon(
  target: Target,
  { daemon }: Pick<EnsureJoinedOptions, "daemon">,
): Promise<void> {
  const wanted = toStartedWith(daemon);
  if (daemonDifferences(await readDaemon(target), wanted).length > 0) await applyDaemon(target, wanted);
}
