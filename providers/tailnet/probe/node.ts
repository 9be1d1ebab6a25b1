/** Pure readings of a node's facts: its name, its tailnet, its tags, and what differs from what is wanted. */
import { MeshError } from "../../../errors";
import type { NodeFlags, NodeState } from "../../contract";
import { readFlags } from "../settings/flags";
import type { HostFacts } from "./facts";
import { installedBy } from "../install/installed-by";

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

export interface TagChange {
  /** Wanted tags that the node lacks. */
  readonly missing: readonly string[];
  /** Tags that were ours and are not wanted any more. */
  readonly surplus: readonly string[];
  /** The full list that the node should have; tags set by others stay. */
  readonly target: readonly string[];
}

/** The change of tags that is due, or undefined when all wanted ones are there and no former one is left. */
export function tagChange(
  facts: HostFacts,
  wanted: readonly string[],
  former: readonly string[] = [],
): TagChange | undefined {
  const actual = tagsOf(facts);
  const missing = wanted.filter((tag) => !actual.includes(tag));
  const surplus = actual.filter((tag) => former.includes(tag) && !wanted.includes(tag));
  if (missing.length === 0 && surplus.length === 0) return undefined;
  const kept = actual.filter((tag) => !surplus.includes(tag));
  return { missing, surplus, target: [...new Set([...wanted, ...kept])].sort() };
}

/** What callers see of a node. Throws when the client shows no node id or address: it is not joined. */
export function nodeState(host: string, facts: HostFacts, flags: NodeFlags = {}): NodeState {
  const self = facts.status?.Self;
  const addresses = self?.TailscaleIPs ?? [];
  if (self?.ID === undefined || addresses.length === 0) {
    throw new MeshError({
      kind: "join-failed",
      host,
      message: "the client says that it is logged in, but shows no node id and no address",
      remedy: "Look at `tailscale status` on the host, then run `pulumi up` again.",
    });
  }
  return {
    ...(facts.prefs === undefined ? {} : { hostname: facts.prefs.Hostname }),
    fqdn: fqdnOf(facts),
    addresses,
    nodeId: self.ID,
    clientVersion: facts.client?.version ?? "",
    installedBy: installedBy(facts),
    tags: tagsOf(facts),
    loginServer: facts.prefs?.ControlURL ?? "",
    ...(facts.prefs === undefined ? {} : { flags: readFlags(flags, facts.prefs) }),
    ...(self.KeyExpiry === undefined ? {} : { keyExpiry: self.KeyExpiry }),
  };
}
