/** How a host leaves: what that is given, and what it reports. */
import type { NodeFlags } from "../../flags";
import type { ServedPort } from "../../serve";
import type { EnsureInstalledOptions } from "./join";
import type { Declaration, RecordedMembership, Siblings } from "./node";
import type { LeavePolicy } from "./policies";

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
