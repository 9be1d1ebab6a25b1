/** The NetworkProvider contract in TypeScript, and what goes beyond it: optional members, each usable on its own. */
import type { DaemonSettings } from "../daemon";
import type { FlagValue, NodeFlags } from "../flags";
import type { Policy } from "../policies";
import type { ServedPort } from "../serve";
import type { Session } from "../transport";
import type { ValidationIssue } from "../validation/issue";
import type { StandardSchema } from "../validation/standard-schema";
import type { Verification } from "../verify";
import type { AccessContext, AccessOptions, Finding, Survey, SurveyOptions } from "./survey";
import type { HostIdentity, UserDataOptions } from "./user-data";

export type { DaemonSettings, FlagValue, NodeFlags, ServedPort, StandardSchema, Verification };

/** What Go's context and the process environment carried: made per handler call, never kept by a provider. */
export interface ProviderContext {
  /** Aborted when the caller gives up. */
  readonly signal: AbortSignal;
  /** The open connection to the host. */
  readonly session: Session;
  /** Says what is being done now, in a few words (`joining`). Never given a secret. */
  readonly progress: (message: string) => void;
  /** Tells what a user has to know though nothing failed: stays in the output. Never given a secret. */
  readonly warn: (message: string) => void;
  /**
   * Tells what is known of the node so far, so that it is kept when a later step fails; without an argument, that nothing is
   * left of it. Optional for whoever makes the context.
   */
  readonly record?: (node?: Partial<NodeState>) => void;
  /** Where keys are read from: `config.auth_key_env` names a variable of this environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What `ensureInstalled` is given. */
export interface EnsureInstalledOptions {
  /** `network.providers.<id>`, undecoded: each provider validates its own block. */
  readonly config: unknown;
  /** The node's name: one DNS label. */
  readonly host: string;
  /** Whether what the node serves will be asked for, so that one look at the host can tell that, too. Default false. */
  readonly readServe?: boolean;
}

/** What an earlier run declared of a host: what of it is declared no more is taken back. */
export interface FormerWishes {
  /** Those not wanted any more are taken away; tags set by others stay. */
  readonly tags?: readonly string[];
  /** Routes among them that are declared no more are withdrawn. */
  readonly flags?: NodeFlags;
  /** What of them the client does not tell, and has not changed, is not set again. */
  readonly extraFlags?: NodeFlags;
  /** Ports among them that are declared no more are served no more. */
  readonly serve?: readonly ServedPort[];
  readonly keyExpiry?: "disabled";
  /** That of the network which it joined and the configuration has left: a host still there is moved. */
  readonly loginServer?: string;
}

/** What `ensureJoined` is given; the contract's own are `config`, `host` and `tags`. */
export interface EnsureJoinedOptions extends EnsureInstalledOptions {
  /** The tags the node shall have (`tag:db`), sorted and without duplicates. */
  readonly tags: readonly string[];
  /** Client flags of this host (`{"accept-routes": true}`), as `tailscale set` names them. */
  readonly flags?: NodeFlags;
  /** Further flags of `tailscale set`, passed on as they are; read back where the client tells (1.100 and later). */
  readonly extraFlags?: NodeFlags;
  /** Ports that the node serves to its tailnet. */
  readonly serve?: readonly ServedPort[];
  /** What tailscaled is started with, beside what others wrote; what an earlier run set and is absent here is taken back. */
  readonly daemon?: DaemonSettings;
  /** Whether a host with routes among its flags has its devices tuned for passing packets on; what an earlier run did is taken back else. */
  readonly udpGro?: boolean;
  /** `disabled`: the node's key shall not expire. */
  readonly keyExpiry?: "disabled";
  /** How long before it expires the node's key is renewed: `14d`, `72h`. */
  readonly renewKey?: string;
  /** Whether the control server removes the node by itself once it is offline: a matter of the key that it logs in with. */
  readonly ephemeral?: boolean;
  /** The identity that the host's own platform gives it, in the place of an auth key. */
  readonly workloadIdentity?: HostIdentity;
  /** An auth key given as a secret input; without it `config.auth_key_env` names the variable. */
  readonly authKey?: string;
  /** What an earlier run declared of the same host. */
  readonly former?: FormerWishes;
  /** What to do with a host that is in another network: an error (default), or move it here. */
  readonly onTailnetMismatch?: TailnetMismatchPolicy;
  /** The node that an earlier run joined under this declaration, as it was recorded then. */
  readonly recorded?: RecordedMembership;
  /** Who declares the host, so that others hear of it; without it the host is not marked. */
  readonly declaration?: Declaration;
  /**
   * Whether a host that another declaration holds is taken over: true for a declaration that is new, or leads to another
   * address than before. Otherwise it is left alone, with an error that says who holds it.
   */
  readonly takeOver?: boolean;
  /** What the other declarations of the same program hold. */
  readonly siblings?: Siblings;
  /** What to do with a machine that was made from a copy of another one's disk. Default `fail`. */
  readonly onClone?: ClonePolicy;
  /** What to do with tags that a login brings beside the wanted ones. Default `remove`. */
  readonly extraTags?: ExtraTagsPolicy;
  /** Opens a connection by the way that the host was reached before this one; undefined when nobody answers there. */
  readonly reachFormer?: () => Promise<Session | undefined>;
  /** What to do when another node holds the name. Default `fail`: never a silent `web-1-1`. */
  readonly onNameConflict?: NameConflictPolicy;
}

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

/**
 * `fail`: an error that names both; `reset`: the copy's client forgets the state that it was copied with, on this machine
 * only, and logs in as a node of its own.
 */
export type ClonePolicy = Policy<"onClone">;

/**
 * `remove`: tags that the login of a new node brought beside the declared ones are taken away where there is an API, and said
 * where they stay; tags of a node that was there before are never taken away, only said. `keep`: they are meant to be there.
 */
export type ExtraTagsPolicy = Policy<"extraTags">;

/** Of a host in another network. `fail`: an error; `move`: it leaves that network and joins this one. */
export type TailnetMismatchPolicy = Policy<"onTailnetMismatch">;

/**
 * `fail`: an error; `replace-offline`: the other node is removed when it is offline (needs the control server's API);
 * `accept`: the name that the control server gave is taken as it is.
 */
export type NameConflictPolicy = Policy<"onNameConflict">;

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

/** What `ensureLeft` did and what it could not do. */
export interface LeftReport {
  /**
   * `removed`: gone at the control server; `logged-out`: still listed there; `absent`: it was not joined; `left`: another
   * declaration holds the host, and nothing was done.
   */
  readonly outcome: "removed" | "logged-out" | "absent" | "left";
  /** What stays behind, as a sentence for the user; absent when nothing does. */
  readonly staysBehind?: string;
}

/**
 * `remove`: deleted at the control server where an API can do it, and logged out; `logout`: logged out only;
 * `uninstall`: removed, and the client is taken off the host.
 */
export type LeavePolicy = Exclude<DestroyPolicy, "keep">;

/** What destroy does with a host: see `LeavePolicy`; `keep` leaves it joined, held by nobody. */
export type DestroyPolicy = Policy<"onDestroy">;

/** What a refresh does with a host out of reach: `warn` keeps its state with a warning, `fail` is an error. */
export type UnreachablePolicy = Policy<"onUnreachable">;

/** What `ensureLeft` is given. */
export interface EnsureLeftOptions extends EnsureInstalledOptions {
  /** The node as `ensureJoined` returned it. */
  readonly recorded?: RecordedMembership;
  /** Who declares the host: one that another declaration holds is left alone. */
  readonly declaration?: Declaration;
  /** What the other declarations of the same program hold. */
  readonly siblings?: Siblings;
  /** The flags that were declared: routes among them are withdrawn, too, where the node stays listed. */
  readonly flags?: NodeFlags;
  /** The ports that were declared: they are served no more where the host stays in the mesh as somebody else's. */
  readonly serve?: readonly ServedPort[];
  /** Default `remove`. */
  readonly how?: LeavePolicy;
  /** Set when the host has moved to another network already: only what the control server keeps of the node is removed. */
  readonly moved?: boolean;
}

/** What `verify` is given. */
export interface VerifyOptions extends Pick<EnsureInstalledOptions, "config" | "host">, Verification {}

/** What is declared of a node's key. */
export type KeySettings = Pick<EnsureJoinedOptions, "renewKey" | "workloadIdentity" | "tags">;

/** The contract (spec: PROVIDER_NETWORK_INTERFACE). The first four members are enough for a provider to work. */
export interface NetworkProvider {
  /** Unique identifier, as in `network.provider`. */
  readonly id: string;
  /**
   * What it drives on a host (`tailscaled`): two declarations of one host are a mistake when theirs is the same. Default: the
   * provider's id.
   */
  readonly drives?: string;
  /** Ensures that the client is installed, enabled and running on the host. Idempotent. */
  ensureInstalled(ctx: ProviderContext, options: EnsureInstalledOptions): Promise<void>;
  /** Ensures that the host is a node of the mesh with these tags. Idempotent. Returns what it read back, if it can. */
  ensureJoined(ctx: ProviderContext, options: EnsureJoinedOptions): Promise<NodeState | void>;
  /** The node's FQDN, without asking anyone: known at preview. Takes the config, where Go's form kept it from a call before. */
  nodeFQDN(host: string, config: unknown): string;

  /** Schema of the provider's own block, of zod or any library that implements Standard Schema: for errors at preview. */
  readonly schema?: StandardSchema;
  /** Paths of long texts in the block that only ensureInstalled takes: of these the state holds digests. */
  readonly installTexts?: readonly (readonly string[])[];
  /** What is wrong with a block that fits the schema, a sentence each (a file that is not there); for errors at preview. */
  checkConfig?(config: unknown): readonly string[];
  /** What is wrong with a host's flags, by themselves and beside the block, a sentence each; for errors at preview. */
  checkFlags?(flags: NodeFlags, extraFlags?: NodeFlags, config?: unknown): readonly string[];
  /**
   * What is wrong with what is declared of a node's key, beside the block; for errors at preview. Issues name the setting first.
   * With a provider that lacks this member a host that declares `renewKey` or `workloadIdentity` is an error.
   */
  checkKey?(settings: KeySettings, config: unknown): readonly ValidationIssue[];
  /**
   * What of these ports its nodes cannot serve, each with its place in the list; for errors at preview. A provider without this
   * member serves nothing, and a host that declares a port is an error.
   */
  checkServe?(serve: readonly ServedPort[]): readonly ValidationIssue[];
  /**
   * What is wrong with what tailscaled shall be started with, each with its place; for errors at preview. A provider without this
   * member sets none of it, and a host that declares it is an error.
   */
  checkDaemon?(daemon: DaemonSettings): readonly ValidationIssue[];
  /**
   * What is wrong with `udpGro` of a host with these flags; for errors at preview. A provider without this member tunes no host, and one
   * that declares it is an error.
   */
  checkUdpGro?(flags: NodeFlags): readonly ValidationIssue[];
  /**
   * The text by which cloud-init joins a machine that nobody reaches, without asking anyone. Throws invalid-config for what cannot be,
   * and for a secret that is worth more than a login. A provider without this member renders none.
   */
  userData?(options: UserDataOptions): string;
  /**
   * Throws the MeshError that a login of this host would fail with for want of a key, without asking anyone: a warning at preview
   * where a host is new.
   */
  checkLogin?(
    ctx: Pick<ProviderContext, "env" | "signal">,
    options: Pick<EnsureJoinedOptions, "config" | "host" | "tags" | "authKey" | "workloadIdentity">,
  ): void;
  /**
   * Reads the node as it is now, for refresh; undefined when the host is known not to be joined. `drift` alone: what is wrong is
   * known, and nothing else can be told.
   */
  inspect?(
    ctx: ProviderContext,
    options: EnsureJoinedOptions,
  ): Promise<NodeState | Pick<NodeState, "drift"> | undefined>;
  /**
   * Waits until the peers answer over the mesh; throws when they do not in time. After each join and update of a host that declares it.
   * A provider without this member verifies nothing, and a host that declares peers is an error.
   */
  verify?(ctx: ProviderContext, options: VerifyOptions): Promise<void>;
  /** Takes this declaration's mark off a host that stays joined, for a destroy that keeps it. */
  release?(
    ctx: ProviderContext,
    options: Pick<EnsureLeftOptions, "config" | "host" | "declaration">,
  ): Promise<void>;
  /** Looks at a host for the command line, beside what `inspect` tells. Changes nothing. */
  survey?(ctx: ProviderContext, options: SurveyOptions): Promise<Survey>;
  /** Looks at what this side needs, for the command line: keys, credentials, tags. Changes nothing, and reaches no host. */
  checkAccess?(ctx: AccessContext, options: AccessOptions): Promise<readonly Finding[]>;
  /** Ensures that the host is no node any more, for destroy. */
  ensureLeft?(ctx: ProviderContext, options: EnsureLeftOptions): Promise<LeftReport>;
}
