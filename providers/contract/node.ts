/** Who a host is: the node that was read back, the machine it is on, and who declares it. */
import type { NodeFlags } from "../../flags";

/** Who declares a host: an id that the resource keeps for its life, and how users know it (its URN). */
export interface Declaration {
  readonly id: string;
  readonly label: string;
}

/** What a machine shows of itself; what it does not show is absent. Lower case. */
export interface Machine {
  /** /etc/machine-id. */
  readonly machineId?: string;
  /** Hardware address of the network card with the default route. */
  readonly mac?: string;
  /** The product's UUID, as the firmware or hypervisor tells it. */
  readonly dmi?: string;
  /** Public half of the client's machine key: every copy of its state has the same. */
  readonly clientKey?: string;
  /** Its SSH host key, as this connection or the recorded one saw it: made anew now and then, and copied with a disk. */
  readonly hostKey?: string;
}

/** A node and the machine that it was, as an earlier run recorded them. */
export interface RecordedMembership {
  readonly nodeId: string;
  readonly addresses: readonly string[];
  /** The name that the node had: one label. */
  readonly name: string;
  /** Public key of its login (`nodekey:...`). */
  readonly nodeKey?: string;
  /** When that key expires, as of the last look (RFC 3339); absent for one that does not. */
  readonly keyExpiry?: string;
  readonly loginServer?: string;
  readonly machine?: Machine;
}

/** What one declaration holds, as far as this run knows. */
export interface Holding {
  /** How users know the declaration: its URN. */
  readonly label: string;
  /** The node's name that it declares. */
  readonly name?: string;
  readonly machine?: Machine;
  readonly nodeId?: string;
  readonly loginServer?: string;
  /** Its connection is the same as the one that asks: the program declares one host twice. */
  readonly leadsHere?: boolean;
}

/** The other declarations of the same program, for whoever must not take what is theirs. */
export interface Siblings {
  /** What the other declarations are known to lead to. */
  others(): readonly Holding[];
  /** Tells the others what this declaration leads to, before anything is done there. */
  hold(holding: Pick<Holding, "machine" | "nodeId" | "loginServer">): void;
}

/** What was read back from a node after a join. */
export interface NodeState {
  /** The hostname that the node asks for: one label. */
  readonly hostname?: string;
  /** The FQDN that the node really has, without a trailing dot. */
  readonly fqdn: string;
  /** Addresses in the tailnet, IPv4 first. */
  readonly addresses: readonly string[];
  /** The node's id at the control server. */
  readonly nodeId: string;
  /** Version of the installed client, without build metadata. */
  readonly clientVersion: string;
  /** How the client came on the host, in a few words (`apt repository`, `static tarball`); absent when nothing tells. */
  readonly installedBy?: string;
  /** All tags the node has, sorted: at least the wanted ones. */
  readonly tags: readonly string[];
  /** Public key of the node's login. */
  readonly nodeKey?: string;
  /** The machine that the node is on. */
  readonly machine?: Machine;
  /** URL of the control server the node is logged in to. */
  readonly loginServer: string;
  /** The flags as they are now, for those asked for. */
  readonly flags?: NodeFlags;
  /** The extra flags as they are now, where the client tells. */
  readonly extraFlags?: NodeFlags;
  /** When the node's key expires (RFC 3339); absent when it does not. */
  readonly keyExpiry?: string;
  /**
   * What a user should know of a node that is joined all the same, a sentence each without the host's name: said in an `up`, and
   * not again while nothing changes; what is new in a refresh is drift.
   */
  readonly warnings?: readonly string[];
  /** For a join: true when the host was in this mesh before it, and did not log in. */
  readonly wasMember?: boolean;
  /** For refresh: what is not as configured and shows nowhere else, a sentence each. */
  readonly drift?: readonly string[];
  /** For refresh: true when the host is in another network than the configuration names; the rest is about that one. */
  readonly inOtherNetwork?: boolean;
}
