/** What a program may choose where two ways are right: the policies, by what they decide. */
import type { Policy } from "../../policies";

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

/**
 * `remove`: deleted at the control server where an API can do it, and logged out; `logout`: logged out only;
 * `uninstall`: removed, and the client is taken off the host.
 */
export type LeavePolicy = Exclude<DestroyPolicy, "keep">;

/** What destroy does with a host: see `LeavePolicy`; `keep` leaves it joined, held by nobody. */
export type DestroyPolicy = Policy<"onDestroy">;

/** What a refresh does with a host out of reach: `warn` keeps its state with a warning, `fail` is an error. */
export type UnreachablePolicy = Policy<"onUnreachable">;
