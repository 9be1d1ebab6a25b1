/** Guards for what brings a node up: with it come the exit node and the routes of others that it was set to use. */
import type { HostFacts } from "../probe/facts";
import type { Guard } from "./types";

const REMEDY =
  'Declare that the node uses neither (flags exit-node: "" and accept-routes: false), or set the host\'s connection to its address in the mesh; then run `pulumi up` again.';

/** For `tailscale up`; undefined for a node that sends nothing another way. */
export function nodeGuard({ prefs }: Pick<HostFacts, "prefs">): Guard | undefined {
  if (prefs === undefined) return undefined;
  const exitNode = prefs.ExitNodeID || prefs.ExitNodeIP || prefs.AutoExitNode;
  if (!prefs.RouteAll && exitNode === "") return undefined;
  const what = exitNode === "" ? "accept-routes" : "an exit node";
  return {
    change: `tailscale up, with ${what} set on the node`,
    restore: ["down"],
    reroutes: true,
    remedy: REMEDY,
  };
}

/** For a start of the daemon: what its node is set to nobody knows before. Undefined where it has no login to come up with. */
export function daemonGuard(
  { storedLogin }: Pick<HostFacts, "storedLogin">,
  change: string,
): Guard | undefined {
  return storedLogin ? { change, restore: ["down"], reroutes: true, remedy: REMEDY } : undefined;
}
