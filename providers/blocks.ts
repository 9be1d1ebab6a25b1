/** The blocks of the built-in network providers, as users write them; a type test compares them with the schemas. */

/** How a host's client is installed, upgraded or only checked. */
export interface InstallBlock {
  /**
   * `auto`: the distribution's package repository where there is one, else the static tarball; `repository` and
   * `tarball`: that one or an error; `push`: a tarball from this machine; `skip` only verifies. Default `auto`.
   */
  readonly method?: "auto" | "repository" | "tarball" | "push" | "skip";
  /** Of the repository and the tarball. Default `stable`. */
  readonly track?: "stable" | "unstable";
  /** The exact client version, also an older one than is installed. Default: any. */
  readonly version?: string;
  /** The lowest client version that will do; an older one is upgraded to the newest. Default: any. */
  readonly min_version?: string;
  /** Base URL of a mirror in the official layout. Default https://pkgs.tailscale.com. */
  readonly repository?: string;
  /** The armored public key that signs the mirror's packages. Default: Tailscale's own, which is part of this package. */
  readonly repository_key?: string;
  /** For `push`: a tarball as the official ones are named, or a folder of them; relative to the program's folder. */
  readonly path?: string;
}

/** What the blocks of all providers of the tailscale client have. */
export interface TailnetBlock {
  /** Names the environment variable that holds the auth key; read only when a host has to log in. */
  readonly auth_key_env?: string;
  /** Names the variable that holds a key of the control server's API: mints auth keys, sets tags and names, removes nodes. */
  readonly api_key_env?: string;
  /** MagicDNS suffix of the tailnet (`mytailnet.ts.net`), without a leading or trailing dot. */
  readonly tailnet_domain: string;
  /** Tags of every host. Default none. */
  readonly default_tags?: readonly string[];
  /** Tags of the hosts that have a role, by role. Default none. */
  readonly role_tags?: Readonly<Record<string, readonly string[]>>;
  /** How the client comes on the hosts. Default: by the distribution's package repository, else a tarball. */
  readonly install?: InstallBlock;
}

/** `network.providers.tailscale`. */
export interface TailscaleBlock extends TailnetBlock {
  /** The tailnet as the API names it (`example.com`). Default `-`: the one that the API key belongs to. */
  readonly tailnet?: string;
  /** Where the API is, for another server with an API of the same form. Default https://api.tailscale.com. */
  readonly api_url?: string;
  /** Instead of `api_key_env`: an OIDC token of the machine that runs this is exchanged for access to the API. */
  readonly workload_identity?: WorkloadIdentityBlock;
}

/** `workload_identity` of `network.providers.tailscale`; without a token's place, GitHub Actions makes one. */
export interface WorkloadIdentityBlock {
  /** The id of the federated identity, as the admin console shows it. */
  readonly client_id: string;
  /** Names the variable that holds the OIDC token. */
  readonly token_env?: string;
  /** A file that holds it, as platforms mount one. */
  readonly token_file?: string;
  /** Whom a token is asked for, where GitHub Actions makes one. Default `api.tailscale.com/<client_id>`. */
  readonly audience?: string;
}

/** `network.providers.headscale`. */
export interface HeadscaleBlock extends TailnetBlock {
  /** URL of the Headscale server (`https://headscale.example.com`). */
  readonly login_server: string;
  /** Name (or e-mail) of the Headscale user that owns minted keys. Default: none where tags own a key, else the only user. */
  readonly user?: string;
}

/** A block for each network provider, by id. Only the chosen one is read; those of other providers are their own business. */
export interface NetworkBlocks {
  readonly tailscale?: TailscaleBlock;
  readonly headscale?: HeadscaleBlock;
  readonly [id: string]: unknown;
}

/** Ids that an editor can complete; any other is one of a provider that `network.module` registers. */
export type ProviderId = "tailscale" | "headscale" | (string & {});
