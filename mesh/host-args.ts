/** What a program declares of a host. */
import type * as pulumi from "@pulumi/pulumi";
import type {
  ClientFlags,
  ClonePolicy,
  DaemonSettings,
  DestroyPolicy,
  ExtraTagsPolicy,
  HostIdentity,
  FlagValue,
  NameConflictPolicy,
  ServedPort,
  TailnetMismatchPolicy,
  UnreachablePolicy,
  Verification,
} from "../providers";
import type { HostKeyPolicy, ReachPolicy } from "../transport";
import type { ConnectionArgs } from "./connection";
import type { DeepInput, NetworkArgs } from "./network";

/** What is declared for one host, but its network and its name. */
export interface HostSettings {
  /** How the host is reached today: `remote.ConnectionArgs`, or `"local"`. Default: `{ host: <node name> }`. */
  readonly connection?: pulumi.Input<"local" | ConnectionArgs>;
  /** Roles of the host: `role_tags` of the provider's block gives each its tags. Default none. */
  readonly roles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Tags beside those of the roles and `default_tags`. Default none. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Client settings by their `tailscale set` names (`{ "accept-routes": true }`); what is not named is left as it is.
   * Those of the built-in providers have types; another provider may know others.
   */
  readonly flags?: pulumi.Input<
    { readonly [Name in keyof ClientFlags]: pulumi.Input<ClientFlags[Name]> } & ExtraFlags
  >;
  /** Further flags of `tailscale set`, as a newer client knows them: passed on as they are; read back from 1.100 on. */
  readonly extraFlags?: pulumi.Input<ExtraFlags>;
  /**
   * Ports that the node serves to its tailnet (`tailscale serve`): `{ port: 443, to: "http://127.0.0.1:3000" }` is https, `http`, `tcp`
   * and `tls` name a port otherwise. What others serve on the host stays. Default none.
   */
  readonly serve?: DeepInput<readonly ServedPort[]>;
  /**
   * What tailscaled is started with: `port`, `flags` and `env`, beside what others wrote on the host, which stays. A change restarts it;
   * where it does not come back, the former settings do. Default: as the host has it.
   */
  readonly daemon?: DeepInput<DaemonSettings>;
  /**
   * Whether a host that routes (`advertise-routes`, `advertise-exit-node` in `flags`) has UDP GRO forwarding switched on, at boot, too, as
   * the client recommends from Linux 6.2 on: https://tailscale.com/s/ethtool-config-udp-gro. What keeps the host from it is a warning.
   * Default false: as the host has it.
   */
  readonly udpGro?: pulumi.Input<boolean>;
  /**
   * Peers that have to answer over the mesh before the host counts as done, and whoever depends on it goes on: `{ peers: ["db-1"] }`, with
   * a TCP `port` and a `deadline` in seconds (60). Default none.
   */
  readonly verify?: DeepInput<Verification>;
  /** `disabled`: the node's key shall not expire (needs `api_key_env` where it would). Default: as the control server does. */
  readonly keyExpiry?: pulumi.Input<"disabled">;
  /**
   * How long before it expires the node's key is renewed by an `up` (`14d`, `72h`): the node stays, with its id, name and addresses.
   * Default: never.
   */
  readonly renewKey?: pulumi.Input<string>;
  /**
   * Whether the control server removes the node by itself once it is offline. It is a matter of the key of its login: a node that
   * is joined stays as it is. Default false.
   */
  readonly ephemeral?: pulumi.Input<boolean>;
  /** What to do with a host key that nothing names: `pin` it on first contact (default), or refuse (`strict`). */
  readonly hostKeyPolicy?: pulumi.Input<HostKeyPolicy>;
  /** How the host is dialled once it is joined: by its `connection` (default), or in the mesh first: see `ReachPolicy`. */
  readonly reach?: pulumi.Input<ReachPolicy>;
  /** What destroy does: see `LeavePolicy`; `keep` leaves the host joined. Default `remove`. */
  readonly onDestroy?: pulumi.Input<DestroyPolicy>;
  /** What to do when another node holds the name: see `NameConflictPolicy`. Default `fail`. */
  readonly onNameConflict?: pulumi.Input<NameConflictPolicy>;
  /** What to do with a machine that was made from a copy of another one's disk: see `ClonePolicy`. Default `fail`. */
  readonly onClone?: pulumi.Input<ClonePolicy>;
  /** What to do with a host that is in another network. Default `fail`; a network that this resource joined is always left. */
  readonly onTailnetMismatch?: pulumi.Input<TailnetMismatchPolicy>;
  /** What refresh does with a host out of reach: keep its state with a warning (default), or fail. */
  readonly onUnreachable?: pulumi.Input<UnreachablePolicy>;
  /** What to do with tags that a login brings beside the declared ones: see `ExtraTagsPolicy`. Default `remove`. */
  readonly extraTags?: pulumi.Input<ExtraTagsPolicy>;
  /** Auth key as a secret; default: the variable named by `auth_key_env`. A new key is no change of the host. */
  readonly authKey?: pulumi.Input<string>;
  /**
   * In place of an auth key: the identity that the host's own platform gives it (Tailscale only), so that there is no secret anywhere. A
   * tag is a must. Another one is no change of the host.
   */
  readonly workloadIdentity?: DeepInput<HostIdentity>;
  /**
   * Whether a preview connects to the host, looks, and says in a line what `pulumi up` would do there. Nothing is changed by that.
   * Default false: a preview reaches no host.
   */
  readonly probeOnPreview?: pulumi.Input<boolean>;
}

type ExtraFlags = Readonly<Record<string, pulumi.Input<FlagValue>>>;

/** The arguments of a `Host`. */
export interface HostArgs extends HostSettings {
  /** The network to join: the `network:` section of `stagecraft.yml`, as `loadNetwork` returns it. */
  readonly network: pulumi.Input<NetworkArgs>;
  /** The node's name: one DNS label. Default: the resource's name. */
  readonly nodeName?: pulumi.Input<string>;
}
