/** A node at a control server: as it is listed, and as the one that was proven to be meant. */

/** A node as the control server lists it. */
export interface ApiNode {
  /** The id that the API takes, as `Self.ID` of the client's status. */
  readonly nodeId: string;
  /** The name that it has in the tailnet: one label. */
  readonly name: string;
  /** Without a trailing dot; absent where the API does not say. */
  readonly fqdn?: string;
  /** The hostname that the node itself asked for; absent where the API does not say. */
  readonly hostname?: string;
  /** In the tailnet, IPv4 first. */
  readonly addresses: readonly string[];
  /** Public keys (`nodekey:...`, `mkey:...`): of the present login, and of the client's state on the machine. */
  readonly nodeKey?: string;
  readonly machineKey?: string;
  /** True in doubt: an online node is never removed. */
  readonly online: boolean;
  /** RFC 3339. */
  readonly lastSeen?: string;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Whose node it is, as a policy names users; absent where the API does not say. A tagged node is nobody's. */
  readonly user?: string;
  /** True for a tagged node whose key has expired, as after a logout; absent where that makes no difference. */
  readonly loggedOut?: boolean;
  /** Whether its key expires at all; absent where the API does not say. */
  readonly keyExpires?: boolean;
  /** Absent where the record does not say. */
  readonly routes?: NodeRoutes;
  /** True for one that the control server removes by itself once it is offline; absent where the API does not say. */
  readonly ephemeral?: boolean;
}

/** The routes of a node, as the control server has them. */
export interface NodeRoutes {
  /** Those that the node offers, as far as the server has heard. */
  readonly offered: readonly string[];
  /** Those that are approved, whoever did so. */
  readonly approved: readonly string[];
  /** Subnet routes that traffic is sent to it by, and to no other; absent where the API does not say. */
  readonly served?: readonly string[];
}

declare const proven: unique symbol;

/** The server's record of a node that was proven to be meant. Only `proof.ts` makes one. */
export type ProvenNode = ApiNode & { readonly [proven]: true };
