/** The NetworkProvider contract in TypeScript, and what goes beyond it: optional members, each usable on its own. */
import type { DaemonSettings } from "../daemon";
import type { FlagValue, NodeFlags } from "../flags";
import type { ServedPort } from "../serve";
import type { Session } from "../transport";
import type { ValidationIssue } from "../validation/issue";
import type { StandardSchema } from "../validation/standard-schema";
import type { Verification } from "../verify";
import type { AccessContext, AccessOptions, Finding, Survey, SurveyOptions } from "./survey";
import type { UserDataOptions } from "./user-data";
import type {
  EnsureInstalledOptions,
  EnsureJoinedOptions,
  KeySettings,
  VerifyOptions,
} from "./contract/join";
import type { EnsureLeftOptions, LeftReport } from "./contract/leave";
import type { NodeState } from "./contract/node";

export type { DaemonSettings, FlagValue, NodeFlags, ServedPort, StandardSchema, Verification };
export type * from "./contract/join";
export type * from "./contract/leave";
export type * from "./contract/node";
export type * from "./contract/policies";

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
