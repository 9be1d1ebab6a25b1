/** What stands in a script as well as here: a unit test compares the two. */

/** Where the mark stands: which declaration holds this host. */
export const MARK_FILE = "/var/lib/pulumi-mesh/declaration";

/** What takes a change of the daemon's settings back, while it is not confirmed. */
export const UNDO_DAEMON = "/var/lib/pulumi-mesh/undo-daemon.sh";

/** Seconds that a script waits for another one on the same host. */
export const LOCK_WAIT_S = 600;

/** Bytes that are taken of what the client prints as JSON. */
export const JSON_LIMIT = 1_000_000;
