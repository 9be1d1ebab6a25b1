/** Pure: what callers see of a node. */
import { MeshError } from "../../../errors";
import type { Machine, NodeFlags, NodeState } from "../../contract";
import { installedBy } from "../install/installed-by";
import type { HostFacts } from "../probe/facts";
import { fqdnOf, tagsOf } from "../probe/node";
import { readExtraFlags } from "../settings/extra-flags";
import { readFlags } from "../settings/flags";

/** Throws when the client shows no node id or address: it is not joined. */
export function nodeState(
  host: string,
  facts: HostFacts,
  { flags = {}, extraFlags = {} }: { readonly flags?: NodeFlags; readonly extraFlags?: NodeFlags } = {},
): NodeState {
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
    ...(self.PublicKey === undefined ? {} : { nodeKey: self.PublicKey }),
    machine: withoutHostKey(facts.machine),
    loginServer: facts.prefs?.ControlURL ?? "",
    ...(facts.prefs === undefined ? {} : { flags: readFlags(flags, facts.prefs) }),
    ...(facts.settings === undefined ? {} : { extraFlags: readExtraFlags(extraFlags, facts.settings) }),
    ...(self.KeyExpiry === undefined ? {} : { keyExpiry: self.KeyExpiry }),
  };
}

/** The state has it from the connection. */
const withoutHostKey = ({ hostKey: _key, ...machine }: Machine): Machine => machine;
