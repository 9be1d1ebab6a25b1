/** A control server's own API, as far as a node's life needs it: what each network provider implements for its own. */
import type { ProvenNode } from "./proof";

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
  /** True for a tagged node whose key has expired, as after a logout; absent where that makes no difference. */
  readonly loggedOut?: boolean;
  /** True for one that the control server removes by itself once it is offline; absent where the API does not say. */
  readonly ephemeral?: boolean;
}

/** An auth key made for one login. */
export interface MintedKey {
  readonly key: string;
  /** Makes the key useless; quiet when it is gone. Goes on when the run is cancelled. */
  revoke(): Promise<void>;
}

export interface MintOptions {
  /** The node's name, for the key's description. */
  readonly host: string;
  /** What the key carries: the node gets exactly these. */
  readonly tags: readonly string[];
}

/**
 * Every method throws MeshErrors that name the host: key-invalid when the API key is refused, control-server when there is no
 * answer or one that is not the API's own (a proxy's 404), and those that it names itself. What changes or removes a node
 * takes one that was proven to be meant: see `proof.ts`.
 */
export interface ControlServerApi {
  /** All nodes of the tailnet. Never an empty list in the place of an answer that could not be read. */
  listNodes(): Promise<readonly ApiNode[]>;
  /**
   * The node with this id; undefined only when the API itself says that there is none, and a list, read, is without it.
   */
  readNode(nodeId: string): Promise<ApiNode | undefined>;
  /** Replaces the tags of a node. Throws tag-refused when the policy does not know one. */
  setTags(node: ProvenNode, tags: readonly string[]): Promise<void>;
  /** Gives a node the name; throws name-taken when another node holds it. */
  rename(node: ProvenNode, name: string): Promise<void>;
  /** Deletes a node; quiet when it is gone. */
  deleteNode(node: ProvenNode): Promise<void>;
  /** Approves a node that waits for it; nothing where nodes need no approval. */
  approve(node: ProvenNode): Promise<void>;
  /**
   * Makes an auth key: for one node, not ephemeral, approved, good for 10 minutes. Throws tag-refused when the policy or
   * the API key does not allow the tags.
   */
  mintKey(options: MintOptions): Promise<MintedKey>;
}

/** Minutes that a minted key can be used: a login takes seconds, and at most 90. */
export const MINTED_KEY_MINUTES = 10;
