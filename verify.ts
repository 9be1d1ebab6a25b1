/** What a host has to reach in the mesh before it counts as done: its form, as users write it. Imports nothing. */
export interface Verification {
  /** Nodes that have to answer: names, FQDNs or addresses in the mesh. */
  readonly peers: readonly string[];
  /** A TCP port at which each of them has to take a connection, too. Default: none is asked for. */
  readonly port?: number;
  /** Seconds to wait for all of them. Default 60. */
  readonly deadline?: number;
}
