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
  return ["Running", "Starting", "Stopped", "NeedsMachineAuth"].includes(facts.status?.BackendState ?? "");
}

/** What the control server and the daemon say that is wrong, for error texts. */
export function healthOf(facts: HostFacts): string {
  return (facts.status?.Health ?? []).join("\n");
}
