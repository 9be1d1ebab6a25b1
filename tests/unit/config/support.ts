/** What a user reads when a call refuses its input. */
import { isMeshError, messageOf } from "../../../errors";

/** The message of the MeshError that `run` throws; anything else thrown passes through. Must throw. */
export function mustRefuse(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isMeshError(error, "invalid-config")) return messageOf(error);
    throw error;
  }
  throw new Error("expected an invalid-config MeshError");
}
