/** The identity that a machine's own platform vouches for: what is declared of it. */

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

/** The same of a host, whose `ephemeral` is a setting of its own. */
export type HostIdentity = Omit<MachineIdentity, "ephemeral">;
