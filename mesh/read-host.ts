/** What a refresh does with a host: plain functions, free of Pulumi. */
import { isMeshError, type MeshError } from "../errors";
import { withoutDigests } from "./digest";
import { observe, recordedOf } from "./host-state";
import { loadProvider } from "./load-provider";
import type { HostState } from "./state";
import { warnOfExpiry, withHost, type Operation } from "./with-host";

/**
 * The state as it is now; undefined when the host is known not to be joined any more; the old one, with a warning, when it is
 * out of reach, or cut off from its control server.
 */
export async function readHost(state: HostState, operation: Operation): Promise<HostState | undefined> {
  const provider = await loadProvider(state.provider, state.module);
  if (provider.inspect === undefined) return state;
  const {
    name: host,
    tags,
    flags,
    extraFlags,
    serve,
    daemon,
    udpGro,
    onNameConflict,
    extraTags,
    progressUrn,
  } = state;
  const { declaration: id } = state;
  const config = withoutDigests(state.config);
  const declaration = id === undefined ? undefined : { id, label: progressUrn ?? host };
  try {
    return await withHost(state, operation, "read", state, async (ctx) => {
      const wishes = {
        ...{ config, host, tags, flags, extraFlags, serve, daemon, onNameConflict, extraTags, declaration },
        udpGro,
        keyExpiry: state.expiry,
        renewKey: state.renewKey,
        recorded: recordedOf(state),
      };
      const node = await provider.inspect!(ctx, wishes);
      if (node === undefined) return undefined;
      if ("nodeId" in node) warnOfExpiry(state, node, operation.progress);
      return observe(state, node);
    });
  } catch (error) {
    if (!isOutOfReach(error) || state.onUnreachable === "fail") throw error;
    operation.progress.warn(`${error.message} Its state is kept as it was.`);
    return state;
  }
}

/** No connection comes about, nothing comes over it (a machine that hangs), or the host knows as little itself. */
function isOutOfReach(error: unknown): error is MeshError {
  return (["host-unreachable", "timed-out", "control-server"] as const).some((kind) =>
    isMeshError(error, kind),
  );
}
