/** How long a host that does not answer is dialled, by what is to be done with it. */
import type { ConnectOperation, ProxyConnection } from "./types";

/**
 * Seconds. A machine that was made a moment ago may take minutes to boot; one that is known answers soon or not at all, and
 * whoever refreshes or destroys a fleet does not wait for the one that hangs.
 */
const PATIENCE: Readonly<Record<ConnectOperation, number>> = {
  create: 300,
  update: 60,
  read: 20,
  delete: 20,
};

/** Seconds for one dial, as in `@pulumi/command`. */
const DEFAULT_PER_DIAL_TIMEOUT = 15;

/** When to stop dialling a host, and which setting would have it dialled longer. */
export interface Patience {
  /** Milliseconds for one dial, login included; 0 is no limit. */
  readonly dialMs: number;
  /** Milliseconds for all dials together; Infinity is no limit. */
  readonly totalMs: number;
  /** Failed dials that are allowed: the one after fails for good. Infinity is no limit. */
  readonly failures: number;
  /** What gives the host more time, as the end of a sentence. */
  readonly setting: string;
}

/**
 * Pure: `dialErrorLimit`, where it is set, is the limit of a create and an update; else, and always for a read and a
 * delete, it is time, but never less than one dial of `perDialTimeout`.
 */
export function patienceFor(
  { dialErrorLimit, perDialTimeout }: Pick<ProxyConnection, "dialErrorLimit" | "perDialTimeout">,
  operation: ConnectOperation,
  owner = "the connection's",
): Patience {
  const isBrief = operation === "read" || operation === "delete";
  const timed = isBrief || dialErrorLimit === undefined;
  return {
    dialMs: (perDialTimeout ?? DEFAULT_PER_DIAL_TIMEOUT) * 1000,
    totalMs: timed ? Math.max(PATIENCE[operation], perDialTimeout ?? 0) * 1000 : Infinity,
    failures: dialErrorLimit === undefined || dialErrorLimit === -1 ? Infinity : dialErrorLimit,
    setting: isBrief ? `${owner} perDialTimeout (seconds)` : `${owner} dialErrorLimit (-1: no limit)`,
  };
}
