/** Pure readings of a node's facts: its name, its tags, whether it is logged in. */
import type { HostFacts } from "./facts";

/** The node's real FQDN, without the trailing dot; empty while it has none. */
export function fqdnOf(facts: HostFacts): string {
  return (facts.status?.Self?.DNSName ?? "").replace(/\.$/, "");
}

export function tagsOf(facts: HostFacts): readonly string[] {
  return [...(facts.status?.Self?.Tags ?? [])].sort();
}

/** True when the client has a login: running, starting or stopped on purpose. */
export function isLoggedIn(facts: HostFacts): boolean {
  return facts.prefs?.LoggedOut !== true && showsNode(facts);
}

/**
 * True for a client that was logged out and goes on as the node that it was: its control server did not hear of it, or knows it
 * no more. It neither works nor logs in until its daemon is restarted.
 */
export function isStale(facts: HostFacts): boolean {
  return facts.prefs?.LoggedOut === true && showsNode(facts);
}

function showsNode(facts: HostFacts): boolean {
  return ["Running", "Starting", "Stopped", "NeedsMachineAuth"].includes(facts.status?.BackendState ?? "");
}

/** What the control server and the daemon say that is wrong, for error texts. */
export function healthOf(facts: HostFacts): string {
  return (facts.status?.Health ?? []).join("\n");
}
