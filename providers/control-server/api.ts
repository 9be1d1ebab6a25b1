/** A control server's own API, as far as a node's life needs it: what each network provider implements for its own. */
import type { ApiNode, NodeRoutes, ProvenNode } from "./node";
import type { PolicyQuestion, PolicyVerdicts } from "./policy-test";

export type { ApiNode, NodeRoutes, PolicyQuestion, PolicyVerdicts };

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
  /** True for a node that goes by itself once it is offline. Default: as its own credentials say, else false. */
  readonly ephemeral?: boolean;
}

/** What makes auth keys: a control server's API, or a part of it. */
export interface KeyMaker {
  /**
   * Makes an auth key: for one node, not ephemeral and approved unless its own credentials say otherwise, good for 10
   * minutes. Throws tag-refused when the policy or the API key does not allow the tags.
   */
  mintKey(options: MintOptions): Promise<MintedKey>;
  /** Throws key-missing when what stands for its credentials is not on this machine. Asks nobody. Absent where they are at hand. */
  mustHaveAccess?(): void;
}

/**
 * Every method throws MeshErrors that name the host: key-invalid when the API key is refused, control-server when there is no
 * answer or one that is not the API's own (a proxy's 404), and those that it names itself. What changes or removes a node
 * takes one that was proven to be meant: see `proof.ts`.
 */
export interface ControlServerApi extends KeyMaker {
  /** All nodes of the tailnet, as they were at most some seconds ago. Never an empty list in the place of an answer that could not be read. */
  listNodes(): Promise<readonly ApiNode[]>;
  /**
   * The node with this id; undefined only when the API itself says that there is none, and a list, read, is without it.
   */
  readNode(nodeId: string): Promise<ApiNode | undefined>;
  /** As `readNode`, out of a list that serves all hosts that look within seconds: to tell how a node is, not to act on it. */
  findNode(nodeId: string): Promise<ApiNode | undefined>;
  /** The host has changed something by itself, as by a login: no answer from before is given to it. */
  changed(): void;
  /** Replaces the tags of a node. Throws tag-refused when the policy does not know one. */
  setTags(node: ProvenNode, tags: readonly string[]): Promise<void>;
  /** Gives a node the name; throws name-taken when another node holds it. */
  rename(node: ProvenNode, name: string): Promise<void>;
  /** Deletes a node; quiet when it is gone. */
  deleteNode(node: ProvenNode): Promise<void>;
  /** The node's routes at this moment. */
  readRoutes(node: ProvenNode): Promise<NodeRoutes>;
  /** Replaces the routes that are approved, those that others approved included. */
  approveRoutes(node: ProvenNode, routes: readonly string[]): Promise<NodeRoutes>;
  /** Has the node's key never expire. Throws invalid-config where this version of the control server cannot. */
  disableKeyExpiry(node: ProvenNode): Promise<void>;
  /**
   * Lets the node's key be good for longer, where the control server can do that by itself, and returns until when (RFC 3339). Absent
   * where a key is only renewed by a login. Throws invalid-config where this version of the control server cannot.
   */
  extendKey?(node: ProvenNode): Promise<string>;
  /** Approves a node that waits for it; nothing where nodes need no approval. */
  approve(node: ProvenNode): Promise<void>;
  /** The tags that the policy gives an owner; undefined when there is no policy, or none that these credentials may read. */
  knownTags(): Promise<readonly string[] | undefined>;
  /**
   * What the policy that is in force says of connections, as the control server itself tests it. Changes nothing. Absent where the
   * API has no such tests.
   */
  testPolicy?(question: PolicyQuestion): Promise<PolicyVerdicts>;
  /** Whether auth keys can be listed, which whoever may make them can; undefined where an API key may do everything. */
  maySeeKeys?(): Promise<boolean>;
}

/** Minutes that a minted key can be used: a login takes seconds, and at most 90. */
export const MINTED_KEY_MINUTES = 10;
