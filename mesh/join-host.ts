/** What create and update do with a host: plain functions, free of Pulumi. */
import { randomUUID } from "node:crypto";
import { messageOf } from "../errors";
import type { EnsureJoinedOptions, NodeState, ProviderContext } from "../providers";
import { changedProperties, onlyPoliciesChanged } from "./diff";
import { withoutDigests } from "./digest";
import { buildState, newWarnings, recordedOf, withoutLogin } from "./host-state";
import { loadProvider } from "./load-provider";
import type { Progress } from "./progress";
import { addressOf, siblingsOf } from "./roster";
import { eitherServed } from "./serve";
import { STATE_VERSION, type HostInputs, type HostState } from "./state";
import { verifyPeers } from "./verify";
import { pinsOf, reachFormer, warnOfExpiry, withHost, type Operation } from "./with-host";

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
    return { ...olds, ...withoutLogin(inputs), stateVersion: STATE_VERSION, fqdn: olds.fqdn };
  const provider = await loadProvider(inputs.provider, inputs.module);
  const { name: host, config } = inputs;
  const declaration = olds?.declaration ?? randomUUID();
  const pins = pinsOf(inputs, olds);
  // What was never joined, or is another machine now, may have been made in this very run and still boot.
  const how = olds?.nodeId === undefined || pins.hostKey === undefined ? "create" : "update";
  return withHost(inputs, operation, how, pins, async (connected) => {
    let known: Partial<NodeState> | undefined;
    let joined: HostState | undefined;
    const ctx = { ...connected, record: (node?: Partial<NodeState>) => (known = node) };
    const readServe = [...(inputs.serve ?? []), ...(olds?.serve ?? [])].length > 0;
    await provider.ensureInstalled(ctx, { config, host, ...(readServe ? { readServe } : {}) });
    try {
      const options = wishesOf(inputs, declaration, changed, operation, olds, provider.drives ?? provider.id);
      const node = (await provider.ensureJoined(ctx, options)) ?? undefined;
      warnOfExpiry(inputs, node, operation.progress);
      for (const warning of newWarnings(olds, node ?? {})) ctx.warn(`${host}: ${warning}`);
      if (options.former?.loginServer !== undefined && node !== undefined && olds !== undefined)
        await leaveFormer(ctx, olds, node, operation.progress);
      const state = buildState(inputs, declaration, ctx.session, node, provider.nodeFQDN(host, config));
      const outcome = describeJoin(state, node?.wasMember === true, olds);
      if (outcome !== undefined) operation.progress.info(outcome);
      joined = keepMachine(state, olds);
      await verifyPeers(ctx, provider, inputs);
      return joined;
    } catch (error) {
      const state = joined ?? partialState(inputs, declaration, connected, known, olds);
      throw new PartialJoin(error, unfinished(state, error));
    }
  });
}

/** Pure: what has become of the host; undefined when it was there all along, and is called as before. */
export function describeJoin(
  { nodeId, fqdn, addresses: [address] }: HostState,
  wasMember: boolean,
  olds: HostState | undefined,
): string | undefined {
  if (nodeId === olds?.nodeId && fqdn === olds?.fqdn) return undefined;
  const name = `${fqdn}${address === undefined ? "" : ` (${address})`}`;
  if (!wasMember) return `joined as ${name}`;
  return nodeId === olds?.nodeId ? `is called ${name} now` : `is in the mesh already, as ${name}`;
}

/** What is kept of the machine is added to: not every probe shows the client's key. */
function keepMachine(state: HostState, olds: HostState | undefined): HostState {
  if (state.nodeId !== olds?.nodeId || olds?.machine === undefined) return state;
  return { ...state, machine: { ...olds.machine, ...state.machine } };
}

function wishesOf(
  inputs: HostInputs,
  declaration: string,
  changed: readonly string[],
  operation: Operation,
  olds: HostState | undefined,
  drives: string,
): EnsureJoinedOptions {
  const {
    name: host,
    config,
    tags,
    flags,
    extraFlags,
    serve,
    daemon,
    udpGro,
    expiry: keyExpiry,
    renewKey,
    ephemeral,
    authKey,
    workloadIdentity,
    progressUrn,
  } = inputs;
  const { onNameConflict, onTailnetMismatch, onClone, extraTags } = inputs;
  const recorded = recordedOf(olds);
  // What this resource joined it may also leave, when its own configuration says so.
  const moved = recorded !== undefined && ["provider", "config"].some((key) => changed.includes(key));
  const otherAddress = olds !== undefined && addressOf(olds.connection) !== addressOf(inputs.connection);
  return {
    ...{ config, host, tags, flags, extraFlags, serve, daemon, udpGro, keyExpiry, renewKey, ephemeral },
    ...{ authKey, workloadIdentity },
    ...{ onNameConflict, onTailnetMismatch, onClone, extraTags },
    former: {
      ...{ tags: olds?.tags, flags: olds?.flags, serve: olds?.serve, keyExpiry: olds?.expiry },
      // A join that broke off may have set them or not.
      extraFlags: recorded === undefined ? undefined : olds?.extraFlags,
      loginServer: moved ? recorded.loginServer : undefined,
    },
    recorded,
    declaration: { id: declaration, label: progressUrn ?? host },
    takeOver: recorded === undefined || otherAddress,
    siblings: siblingsOf(progressUrn, drives, declaration),
    reachFormer: otherAddress ? () => reachFormer(olds, operation) : undefined,
  };
}

/** A create keeps what is known of the node; an update keeps what was, and looks again in the next run. */
function partialState(
  inputs: HostInputs,
  declaration: string,
  { session }: Pick<ProviderContext, "session">,
  known: Partial<NodeState> | undefined,
  olds: HostState | undefined,
): HostState {
  const serve = eitherServed(olds?.serve, inputs.serve);
  if (olds?.nodeId !== undefined) return { ...olds, serve, declaration, stateVersion: STATE_VERSION };
  return { ...buildState(inputs, declaration, session, known, undefined), serve };
}

/** Not verified, whatever was before: a refresh that takes the drift for mended makes no difference to that. */
function unfinished(state: HostState, error: unknown): HostState {
  const drift = [`the last run ended with an error: ${messageOf(error)}`];
  return { ...state, drift, verify: undefined };
}

/** After a move: the former node goes where an API can do it. A failure is a warning, for the host is where it should be. */
async function leaveFormer(
  ctx: ProviderContext,
  olds: HostState,
  node: NodeState,
  progress: Progress,
): Promise<void> {
  const recorded = recordedOf(olds);
  if (recorded === undefined || node.loginServer === olds.loginServer) return;
  // The same node, by another name of its control server.
  const isSame =
    recorded.nodeId === node.nodeId && node.addresses.some((a) => recorded.addresses.includes(a));
  if (isSame) return;
  try {
    const former = await loadProvider(olds.provider, olds.module);
    const options = { config: withoutDigests(olds.config), host: olds.name, recorded, moved: true };
    const report = await former.ensureLeft?.(ctx, options);
    if (report?.staysBehind !== undefined) progress.warn(report.staysBehind);
  } catch (error) {
    progress.warn(`the former node ${olds.name} stays listed at ${olds.loginServer}: ${messageOf(error)}`);
  }
}
