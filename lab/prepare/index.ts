/** Makes this machine ready for labs: packages, tools, mirror. Quick when it is ready already. */
import type { Log } from "../system/log";
import { ensureTools } from "./build-tools";
import { ensureMachine } from "./doctor";
import { ensureMirror, type Mirror } from "./mirror";
import { CLIENT_TOOLS, type ToolName } from "./tools";

export interface Prepared {
  readonly mirror: Mirror;
}

/** `pulumi` names those of Pulumi's programs that this machine does not have of its own. */
export async function prepareMachine(pulumi: readonly ToolName[], log: Log): Promise<Prepared> {
  await ensureMachine(log);
  await ensureTools(["headscale", "nfpm", ...CLIENT_TOOLS, ...pulumi], log);
  return { mirror: await ensureMirror(log) };
}
