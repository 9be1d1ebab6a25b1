/** What delete does with a host: plain functions, free of Pulumi. */
import { isMeshError, MeshError } from "../errors";
import type { Declaration, NetworkProvider, ProviderContext } from "../providers";
import { withoutDigests } from "./digest";
import { recordedOf } from "./host-state";
import { loadProvider } from "./load-provider";
import { siblingsOf } from "./roster";
import type { HostState } from "./state";
import { withHost, type Operation } from "./with-host";

/** Takes the host out of the mesh, and says what stays behind. */
export async function leaveHost(state: HostState, operation: Operation): Promise<void> {
  const { name: host, flags, serve, onDestroy: how, declaration: id, progressUrn } = state;
  const config = withoutDigests(state.config);
  const declaration = id === undefined ? undefined : { id, label: progressUrn ?? host };
  const provider = await loadProvider(state.provider, state.module);
  if (how === "keep") return keepHost(state, operation, provider, declaration);
  if (provider.ensureLeft === undefined) {
    operation.progress.warn(
      `${host} stays joined: the network provider ${provider.id} cannot take a host out of its mesh.`,
    );
    return;
  }
  const options = {
    ...{ config, host, how, flags, serve },
    recorded: recordedOf(state),
    declaration,
    siblings: siblingsOf(progressUrn, provider.drives ?? provider.id, id),
  };
  const leave = (ctx: ProviderContext) => provider.ensureLeft!(ctx, options);
  const report = await withHost(state, operation, "delete", state, leave).catch((error: unknown) => {
    throw isMeshError(error, "host-unreachable") ? goneForGood(error, host) : error;
  });
  if (report.staysBehind !== undefined) operation.progress.warn(report.staysBehind);
}

/** The host stays joined; only the mark goes, where it can be reached: a host that is gone for good must not be waited for. */
async function keepHost(
  state: HostState,
  operation: Operation,
  provider: NetworkProvider,
  declaration: Declaration | undefined,
): Promise<void> {
  const { name: host } = state;
  const config = withoutDigests(state.config);
  operation.progress.info(`${host} stays joined, as onDestroy is keep`);
  if (provider.release === undefined || declaration === undefined) return;
  const release = (ctx: ProviderContext) => provider.release!(ctx, { config, host, declaration });
  await withHost(state, operation, "delete", state, release).catch((error: unknown) => {
    if (!isMeshError(error)) throw error;
    operation.progress.warn(
      `${host}: that this stack does not hold it any more could not be written down there: ${error.detail}`,
    );
  });
}

/** A host that will never answer must not block a destroy for ever: says the ways out. */
function goneForGood({ detail, cause }: MeshError, host: string): MeshError {
  const remedy =
    "Start the host and run `pulumi destroy` again (one that answers late needs a higher perDialTimeout in its connection). If it is gone for good: set onDestroy to keep and run `pulumi up` before (or forget the host with `pulumi state delete`), and delete its node at the control server by hand.";
  return new MeshError({ kind: "host-unreachable", host, message: detail, remedy, cause });
}
