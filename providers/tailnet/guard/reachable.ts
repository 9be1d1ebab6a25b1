/** Has a host prove that it can still be reached after a change at the control server. */
import { isMeshError, MeshError } from "../../../errors";
import type { ProviderContext } from "../../contract";
import { reachAgain } from "./reach-again";

/** Milliseconds in which a host answers that still can. */
const KNOCKING_MS = 30_000;

/** What to do about a change that cuts the connection which rides the mesh. */
export const BESIDE_THE_MESH =
  "Set the host's connection to an address outside the mesh, or leave this setting as it was; then run `pulumi up` again.";

/** Unless a new connection comes about after `settled`, the change is taken back there. */
export async function mustStayReachable<T>(
  ctx: ProviderContext,
  host: string,
  settled: () => Promise<T>,
  { change, undo }: { readonly change: string; readonly undo: () => Promise<void> },
): Promise<T> {
  try {
    const result = await settled().catch(async (error: unknown) => {
      if (!isCut(error)) throw error;
      // The way that it came is closed; there may be another one.
      await reachAgain(ctx, KNOCKING_MS);
      return await settled();
    });
    await reachAgain(ctx, KNOCKING_MS);
    return result;
  } catch (error) {
    if (!isCut(error)) throw error;
    ctx.progress(`taking back: ${change}`);
    await undo();
    throw new MeshError({
      kind: "would-lock-out",
      host,
      message: `after ${change} the host could not be reached any more; that was taken back at the control server`,
      remedy: BESIDE_THE_MESH,
      cause: error,
    });
  }
}

const isCut = (error: unknown) => isMeshError(error, "host-unreachable") || isMeshError(error, "timed-out");
