/** What a host shall be: what an installation, a join and the wait for its peers are given. */
import type { DaemonSettings } from "../../daemon";
import type { NodeFlags } from "../../flags";
import type { ServedPort } from "../../serve";
import type { Session } from "../../transport";
import type { Verification } from "../../verify";
import type { HostIdentity } from "../user-data";
import type { Declaration, RecordedMembership, Siblings } from "./node";
import type { ClonePolicy, ExtraTagsPolicy, NameConflictPolicy, TailnetMismatchPolicy } from "./policies";

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

/** What `verify` is given. */
export interface VerifyOptions extends Pick<EnsureInstalledOptions, "config" | "host">, Verification {}

/** What is declared of a node's key. */
export type KeySettings = Pick<EnsureJoinedOptions, "renewKey" | "workloadIdentity" | "tags">;
