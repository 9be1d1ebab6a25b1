/** What a machine that joins by itself is told when it is born: for network providers that render user-data for cloud-init. */
import type { NodeFlags } from "../flags";
import type { MachineIdentity } from "../workload-identity";

export type { HostIdentity, MachineIdentity } from "../workload-identity";

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
