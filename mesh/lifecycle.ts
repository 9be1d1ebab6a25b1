/** What create, update, read and delete do with a host: plain functions, free of Pulumi. */
import { isMeshError, MeshError, messageOf } from "../errors";
import type { NodeState, ProviderContext } from "../providers";
import { connect, type SshConnection } from "../transport";
import { changedProperties, onlyPoliciesChanged } from "./diff";
import { expiryWarning } from "./key-expiry";
import { loadProvider } from "./load-provider";
import type { Progress } from "./progress";
import { lazySession, type LazySession } from "./session";
import { STATE_VERSION, type HostInputs, type HostState } from "./state";

export interface Operation {
  readonly progress: Progress;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A join that failed after the host was changed: carries what was done, so that the next run goes on from there. */
export class PartialJoin extends Error {
  constructor(
    readonly error: unknown,
    readonly state: HostState,
  ) {
    super(messageOf(error), { cause: error });
  }
}

/** Installs and joins a host. Throws PartialJoin once the client is there, a MeshError before. */
export async function joinHost(
  inputs: HostInputs,
  operation: Operation,
  olds?: HostState,
): Promise<HostState> {
  const changed = olds === undefined ? [] : changedProperties(olds, inputs);
  if (olds?.nodeId !== undefined && onlyPoliciesChanged(changed))
    return { ...olds, ...withoutSecret(inputs), stateVersion: STATE_VERSION, fqdn: olds.fqdn };
  const provider = await loadProvider(inputs.provider, inputs.module);
  const { name: host, config, tags, flags, extraFlags, authKey, onNameConflict, onTailnetMismatch } = inputs;
  return withHost(inputs, operation, pinOf(inputs, olds), async (ctx) => {
    await provider.ensureInstalled(ctx, { config, host });
    try {
      // What this resource joined it may also leave, when its own configuration says so.
      const moved =
        olds?.nodeId !== undefined && changed.some((key) => key === "provider" || key === "config");
      const formerLoginServer = moved ? olds.loginServer : undefined;
      const policies = { onNameConflict, onTailnetMismatch, formerLoginServer };
      // A join that broke off may have set them or not.
      const formerExtraFlags = olds?.nodeId === undefined ? undefined : olds.extraFlags;
      const formerNode =
        olds?.nodeId === undefined ? undefined : { nodeId: olds.nodeId, loginServer: olds.loginServer };
      const former = { formerTags: olds?.tags, formerExtraFlags, formerNode };
      const options = { config, host, tags, flags, extraFlags, authKey, ...former, ...policies };
      const node = (await provider.ensureJoined(ctx, options)) ?? undefined;
      warnOfExpiry(host, node, operation.progress);
      if (moved && node !== undefined && node.loginServer !== olds.loginServer)
        await leaveFormer(ctx, olds, node, operation.progress);
      return buildState(inputs, ctx.session.hostKey, node, provider.nodeFQDN(host, config));
    } catch (error) {
      throw new PartialJoin(error, buildState(inputs, ctx.session.hostKey, undefined, undefined));
    }
  });
}

/** After a move: the former node goes where an API can do it. A failure is a warning, for the host is where it should be. */
async function leaveFormer(
  ctx: ProviderContext,
  olds: HostState,
  node: NodeState,
  progress: Progress,
): Promise<void> {
  if (olds.nodeId === node.nodeId && olds.fqdn === node.fqdn) return; // The same node, by another name of its control server.
  try {
    const former = await loadProvider(olds.provider, olds.module);
    const report = await former.ensureLeft?.(ctx, {
      config: olds.config,
      host: olds.name,
      nodeId: olds.nodeId,
      moved: true,
    });
    if (report?.staysBehind !== undefined) progress.warn(report.staysBehind);
  } catch (error) {
    progress.warn(`the former node ${olds.name} stays listed at ${olds.loginServer}: ${messageOf(error)}`);
  }
}

/**
 * The state as it is now; undefined when the host is not joined any more; the old one, with a warning, when it is out of
 * reach, or cut off from its control server.
 */
export async function readHost(state: HostState, operation: Operation): Promise<HostState | undefined> {
  const provider = await loadProvider(state.provider, state.module);
  if (provider.inspect === undefined) return state;
  const { name: host, config, tags, flags, onNameConflict } = state;
  try {
    return await withHost(state, operation, state.hostKey, async (ctx) => {
      const node = await provider.inspect!(ctx, { config, host, tags, flags, onNameConflict });
      warnOfExpiry(host, node, operation.progress);
      return node === undefined ? undefined : observe(state, node);
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

function warnOfExpiry(host: string, node: NodeState | undefined, progress: Progress): void {
  const warning = expiryWarning(host, node?.keyExpiry, new Date());
  if (warning !== undefined) progress.warn(warning);
}

/** Takes the host out of the mesh, and says what stays behind. */
export async function leaveHost(state: HostState, operation: Operation): Promise<void> {
  const { name: host, config, nodeId, onDestroy: how } = state;
  if (how === "keep") {
    operation.progress.info(`${host} stays joined, as onDestroy is keep`);
    return;
  }
  const provider = await loadProvider(state.provider, state.module);
  if (provider.ensureLeft === undefined) {
    operation.progress.warn(
      `${host} stays joined: the network provider ${provider.id} cannot take a host out of its mesh.`,
    );
    return;
  }
  const leave = (ctx: ProviderContext) => provider.ensureLeft!(ctx, { config, host, nodeId, how });
  const report = await withHost(state, operation, state.hostKey, leave).catch((error: unknown) => {
    throw isMeshError(error, "host-unreachable") ? goneForGood(error, host) : error;
  });
  if (report.staysBehind !== undefined) operation.progress.warn(report.staysBehind);
}

/** A host that will never answer must not block a destroy for ever: says the ways out. */
function goneForGood({ detail, cause }: MeshError, host: string): MeshError {
  const remedy =
    "Start the host and run `pulumi destroy` again. If it is gone for good: set onDestroy to keep and run `pulumi up` before (or forget the host with `pulumi state delete`), and delete its node at the control server by hand.";
  return new MeshError({ kind: "host-unreachable", host, message: detail, remedy, cause });
}

type Reachable = Pick<HostState, "name" | "connection" | "hostKeyPolicy">;

/** One connection for all steps, opened by the first one that needs it, closed in the end. */
async function withHost<T>(
  { name: host, connection, hostKeyPolicy }: Reachable,
  { progress, env }: Operation,
  pinnedHostKey: string | undefined,
  steps: (ctx: ProviderContext & { session: LazySession }) => Promise<T>,
): Promise<T> {
  const { signal } = new AbortController();
  const say = (message: string) => progress.step(message);
  const options = { host, signal, progress: say, pinnedHostKey, hostKeyPolicy, env };
  await using session = lazySession(host, () => connect(connection, options));
  return await steps({ session, signal, progress: say, warn: (message) => progress.warn(message), env });
}

/** The pin holds for the address where it was seen; another address is a first contact. */
function pinOf(inputs: HostInputs, olds: HostState | undefined): string | undefined {
  if (olds === undefined || inputs.connection === "local" || olds.connection === "local") return undefined;
  const address = ({ host, port }: SshConnection) => `${host}:${port ?? 22}`;
  return address(inputs.connection) === address(olds.connection) ? olds.hostKey : undefined;
}

function buildState(
  inputs: HostInputs,
  hostKey: string | undefined,
  node: NodeState | undefined,
  fqdn: string | undefined,
): HostState {
  return {
    ...withoutSecret(inputs),
    stateVersion: STATE_VERSION,
    fqdn: node?.fqdn ?? fqdn,
    addresses: [...(node?.addresses ?? [])],
    nodeId: node?.nodeId,
    clientVersion: node?.clientVersion,
    installedBy: node?.installedBy,
    loginServer: node?.loginServer,
    keyExpiry: node?.keyExpiry,
    hostKey,
  };
}

function withoutSecret({ authKey: _secret, ...kept }: HostInputs): Omit<HostInputs, "authKey"> {
  return kept;
}

/** Drift shows in the inputs' own names: name, tags (those of ours that are still there) and flags as they are now. */
function observe(state: HostState, node: NodeState): HostState {
  const drift = node.drift === undefined || node.drift.length === 0 ? undefined : [...node.drift];
  // The id and addresses of another network must never be taken for ours: destroy deletes by id.
  if (node.inOtherNetwork === true) return { ...state, drift };
  return {
    ...state,
    name: node.hostname ?? state.name,
    fqdn: node.fqdn,
    tags: state.tags.filter((tag) => node.tags.includes(tag)),
    flags: { ...state.flags, ...node.flags },
    addresses: [...node.addresses],
    nodeId: node.nodeId,
    clientVersion: node.clientVersion,
    installedBy: node.installedBy,
    loginServer: node.loginServer,
    keyExpiry: node.keyExpiry,
    drift,
  };
}
