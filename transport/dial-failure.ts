/** A dial that failed, before it is told to the user. */
import type { MeshErrorDetails } from "../errors";

export class DialFailure extends Error {
  constructor(
    readonly details: Omit<MeshErrorDetails, "host" | "message">,
    /** A few words, for progress and as the error's message. */
    readonly reason: string,
    /** Whether another dial may succeed. */
    readonly heals: boolean,
  ) {
    super(reason);
  }
}
