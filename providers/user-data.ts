/** What a machine that joins by itself is told when it is born: for network providers that render user-data for cloud-init. */
import type { NodeFlags } from "../flags";

/**
 * The identity that a machine's own platform vouches for (Tailscale only): it logs in with an OIDC token, and no secret is stored
 * anywhere.
 */
export interface MachineIdentity {
  /** The id of the federated identity, as the admin console shows it. No secret. */
  readonly clientId: string;
  /** Whom the machine asks its platform for a token for (AWS or Google Cloud); needs client 1.94 or later. */
  readonly audience?: string;
  /** Instead: a file on the machine that holds a token; needs client 1.90 or later. */
  readonly idTokenFile?: string;
  /** Whether the control server removes the node once it is offline. Default false. */
  readonly ephemeral?: boolean;
  /** Whether the node needs no approval where the tailnet asks for one. Default true. */
  readonly preauthorized?: boolean;
}

/** What the machine shall be, and what it logs in with: exactly one of `authKeyFile`, `workloadIdentity` and `authKey`. */
export interface UserDataOptions {
  /** The provider's own block. */
  readonly config: unknown;
  /** The node's name. Default: the machine's own, for a text is for many machines. */
  readonly hostname?: string;
  /** The tags that the node shall have, sorted and without duplicates. */
  readonly tags: readonly string[];
  /** Client flags, as `tailscale set` names them. */
  readonly flags?: NodeFlags;
  /** Further flags of `tailscale set`, passed on as they are. */
  readonly extraFlags?: NodeFlags;
  /** A file of the machine's image that holds an auth key. */
  readonly authKeyFile?: string;
  /** The identity that the machine's platform gives it. */
  readonly workloadIdentity?: MachineIdentity;
  /** An auth key that stands in the user-data, where every process of the machine can read it. */
  readonly authKey?: string;
}
