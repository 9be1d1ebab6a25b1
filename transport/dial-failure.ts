/** A dial that failed, before it is told to the user. */
import type { MeshErrorDetails } from "../errors";

export class DialFailure extends Error {
  constructor(
    readonly details: Omit<MeshErrorDetails, "host" | "message">,
    /** A few words, for progress and as the error's message. */
    readonly reason: string,
    /** Whether another dial may succeed. */
    readonly heals: boolean,
    /** Whether too many at once may have been the reason: the other side dropped the connection, or this one had no file left. */
    readonly crowded = false,
  ) {
    super(reason);
  }
}

/** What to do about a host that does not answer. */
export const WAIT = "See whether the host is up, its address and port are right, and no firewall is between.";

/** Pure: to a tenth. */
export function inSeconds(milliseconds: number): string {
  return String(Math.round(milliseconds / 100) / 10);
}

/** Pure: the failure of a dial that took all its time. */
export function late(timeoutMs: number): DialFailure {
  return new DialFailure(
    { kind: "host-unreachable", remedy: WAIT },
    `no answer within ${inSeconds(timeoutMs)} s`,
    true,
  );
}
