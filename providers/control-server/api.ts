/** A control server's own API, as far as a node's life needs it: what each network provider implements for its own. */

/** A node as the control server lists it. */
export interface ApiNode {
  /** The id that the API takes, as `Self.ID` of the client's status. */
  readonly nodeId: string;
  /** The name that it has in the tailnet: one label. */
  readonly name: string;
  /** Without a trailing dot; absent where the API does not say. */
  readonly fqdn?: string;
  /** True in doubt: an online node is never removed. */
  readonly online: boolean;
  /** RFC 3339. */
  readonly lastSeen?: string;
  /** Sorted. */
  readonly tags: readonly string[];
  /** True for a tagged node that was logged out; absent where that makes no difference. */
  readonly loggedOut?: boolean;
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
 * The control server's own API, as far as a node's life needs it. Every method throws MeshErrors that name the host:
 * key-invalid when the API key is refused, control-server when there is no answer, and those that it names itself.
 */
export interface ControlServerApi {
  /** Replaces the tags of a node. Throws tag-refused when the policy does not know one. */
  setTags(nodeId: string, tags: readonly string[]): Promise<void>;
  /** Gives a node the name; throws name-taken when another node holds it. */
  rename(nodeId: string, name: string): Promise<void>;
  /** Whether a node with this id is listed. */
  hasNode(nodeId: string): Promise<boolean>;
  /** Deletes a node; true when it was there. */
  deleteNode(nodeId: string): Promise<boolean>;
  /** Approves a node that waits for it; nothing where nodes need no approval. */
  approve(nodeId: string): Promise<void>;
  /** The nodes whose name is exactly this label. */
  findByName(name: string): Promise<readonly ApiNode[]>;
  /**
   * Makes an auth key: for one node, not ephemeral, approved, good for 10 minutes. Throws tag-refused when the policy or
   * the API key does not allow the tags.
   */
  mintKey(options: MintOptions): Promise<MintedKey>;
}

/** Minutes that a minted key can be used: a login takes seconds, and at most 90. */
export const MINTED_KEY_MINUTES = 10;
