/** One host of the mesh, as a Pulumi resource. */
import * as pulumi from "@pulumi/pulumi";
import { resolveTags } from "../config";
import { tagDefaultsSchema } from "../config/tag-defaults";
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
import { UNKNOWN, validate } from "../validation";
import {
  asGiven,
  protectConnection,
  throughMesh,
  type ConnectionArgs,
  type HostConnection,
  type MeshConnection,
} from "./connection";
import { loadProvider } from "./load-provider";
import { lookAtPreview } from "./look/preview";
import { mustBeHost } from "./mistakes";
import { chooseNetwork, type DeepInput, type NetworkArgs } from "./network";
import { SHIM } from "./shim";
import { HIDDEN_URN, shortUrn, TYPE } from "./urn";

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

/**
 * A host that is joined to the mesh: created when its client is installed and the node read back, updated in place,
 * removed from the mesh on delete. Errors: see `ErrorKind`.
 */
export class Host extends pulumi.CustomResource {
  /** The node's FQDN, without a trailing dot. Known at preview when the name is; whoever uses it waits for the join. */
  declare readonly fqdn: pulumi.Output<string>;
  /** Addresses in the tailnet, IPv4 first. */
  declare readonly addresses: pulumi.Output<string[]>;
  /** The node's id at the control server. */
  declare readonly nodeId: pulumi.Output<string>;
  /** Version of the tailscale client. */
  declare readonly clientVersion: pulumi.Output<string>;
  /** How the client came on the host (`apt repository`, `static tarball`); undefined when nothing tells. */
  declare readonly installedBy: pulumi.Output<string | undefined>;
  /** The host key seen (`ssh-ed25519 AAAA...`), enforced from then on. */
  declare readonly hostKey: pulumi.Output<string | undefined>;
  /** The jump host's key, in the same way; undefined without one. */
  declare readonly jumpHostKey: pulumi.Output<string | undefined>;
  /** The tags that are declared for the host, sorted: its own, its roles' and `default_tags`. */
  declare readonly tags: pulumi.Output<string[]>;
  /** All tags that the node has, sorted, those among them that others gave it; undefined when the provider does not tell. */
  declare readonly nodeTags: pulumi.Output<string[] | undefined>;
  /** When the node's key expires (RFC 3339); undefined when it does not. */
  declare readonly keyExpiry: pulumi.Output<string | undefined>;
  /**
   * The connection that the host was joined over, for `remote.Command` and the like: works wherever this program runs. The
   * host key that was seen is in it, so whoever uses it waits for the join.
   */
  declare readonly connection: pulumi.Output<HostConnection>;
  /** The connection to the same host through the mesh: for a program that runs on a machine in the tailnet. */
  declare readonly meshConnection: pulumi.Output<MeshConnection>;

  constructor(name: string, args: HostArgs, options: pulumi.CustomResourceOptions = {}) {
    mustBeHost(name, args);
    const { provider, module, given, config, known } = chooseNetwork(args.network);
    const nodeName = pulumi.output(args.nodeName ?? name);
    // An output may turn out to have none, too.
    const connection = protectConnection(
      pulumi.all([args.connection, nodeName]).apply(([given, host]) => given ?? { host }),
    );
    const inputs = {
      nodeName,
      network: given,
      fqdn: pulumi
        .all([nodeName, provider, module])
        .apply(
          async ([host, id, from]) =>
            (await expectedFQDN(host, id, from, known)) ??
            config.apply((block) => expectedFQDN(host, id, from, block)),
        ),
      roles: args.roles,
      tags: pulumi
        .all([config["default_tags"], config["role_tags"], args.roles, args.tags])
        .apply(([ofAll, ofRoles, roles, tags]) =>
          uniteTags({ default_tags: ofAll, role_tags: ofRoles }, roles, tags),
        ),
      flags: args.flags,
      extraFlags: args.extraFlags,
      serve: args.serve,
      daemon: args.daemon,
      udpGro: args.udpGro,
      verify: args.verify,
      expiry: args.keyExpiry,
      renewKey: args.renewKey,
      ephemeral: args.ephemeral,
      connection,
      hostKeyPolicy: args.hostKeyPolicy,
      reach: args.reach,
      onDestroy: args.onDestroy,
      onClone: args.onClone,
      onNameConflict: args.onNameConflict,
      onTailnetMismatch: args.onTailnetMismatch,
      onUnreachable: args.onUnreachable,
      extraTags: args.extraTags,
      authKey: args.authKey === undefined ? undefined : pulumi.secret(args.authKey),
      workloadIdentity: args.workloadIdentity,
      [HIDDEN_URN]: urnOf(name, options.parent),
    };
    super(
      TYPE,
      name,
      {
        __provider: SHIM,
        ...inputs,
        addresses: undefined,
        nodeId: undefined,
        nodeTags: undefined,
        clientVersion: undefined,
        installedBy: undefined,
        hostKey: undefined,
        jumpHostKey: undefined,
        keyExpiry: undefined,
      },
      options,
    );
    if (pulumi.runtime.isDryRun())
      pulumi.output(args.probeOnPreview).apply((look) => {
        if (look === true) lookAtPreview(this, inputs);
      });
    // In place of the input of this name. Made when asked for: who uses neither needs no key file, in a test for instance.
    Object.defineProperties(this, {
      connection: {
        get: () =>
          pulumi.all([connection, this.hostKey]).apply(([given, hostKey]) => asGiven(given, hostKey)),
      },
      meshConnection: {
        get: () =>
          pulumi
            .all([connection, this.fqdn, this.hostKey])
            .apply(([given, fqdn, hostKey]) => throughMesh(given, fqdn, hostKey)),
      },
    });
  }
}

/**
 * Undefined where it depends on what is not known, and for names and blocks that are wrong: `check` reports those with their
 * paths.
 */
async function expectedFQDN(
  host: string,
  id: string,
  module: string | undefined,
  config: unknown,
): Promise<string | undefined> {
  if (config === UNKNOWN) return undefined;
  try {
    const fqdn = (await loadProvider(id, module)).nodeFQDN(host, config);
    return fqdn.includes(UNKNOWN) ? undefined : fqdn;
  } catch {
    return undefined;
  }
}

/** The host's tags. What is wrong with the sources is left out here: `check` reports it, on the host's row. */
function uniteTags(config: unknown, roles: readonly string[] = [], tags: readonly string[] = []): string[] {
  const sources = validate(tagDefaultsSchema, config);
  if (!sources.ok) return [...tags];
  const { default_tags: defaultTags = [], role_tags: roleTags = {} } = sources.value;
  return resolveTags({ defaultTags, roleTags, roles: roles.filter((role) => role in roleTags), tags });
}

/** A plain promise: as an output it would make the resource depend on its parent, which waits for its children. */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, TYPE, parent);
  return new Promise((resolve) => urn.apply((known) => resolve(shortUrn(known))));
}
