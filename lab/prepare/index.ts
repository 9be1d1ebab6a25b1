/** Makes this machine ready for labs: packages, tools, mirror. Quick when it is ready already. */
import type { Log } from "../system/log";
import { ensureTools } from "./build-tools";
import { ensureMachine } from "./doctor";
import { ensureMirror, type Mirror } from "./mirror";
import type { Clients, ToolName } from "./tools";

export interface Prepared {
  readonly mirror: Mirror;
}

/** `tools` are a lab's own: its Headscale, and those of Pulumi's programs that this machine does not have. */
export async function prepareMachine(
  tools: readonly ToolName[],
  clients: Clients,
  log: Log,
): Promise<Prepared> {
  await ensureMachine(log);
  await ensureTools(["nfpm", ...clients, ...tools], log);
  return { mirror: await ensureMirror(clients, log) };
}
