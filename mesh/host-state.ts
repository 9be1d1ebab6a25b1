/** Pure: what is kept of a host in the state, and what of it the next run takes for known. */
import type { NodeState, RecordedMembership } from "../providers";
import type { Session } from "../transport";
import { STATE_VERSION, type HostInputs, type HostState } from "./state";

/** After a join; `known` may be less than a node when it broke off. */
export function buildState(
  inputs: HostInputs,
  declaration: string,
  { hostKey, jumpHostKey }: Session,
  known: Partial<NodeState> | undefined,
  expectedFqdn: string | undefined,
): HostState {
  return {
    ...withoutLogin(inputs),
    stateVersion: STATE_VERSION,
    declaration,
    fqdn: known?.fqdn ?? expectedFqdn,
    addresses: [...(known?.addresses ?? [])],
    nodeId: known?.nodeId,
    nodeKey: known?.nodeKey,
    machine: known?.machine,
    nodeTags: some(known?.tags),
    warnings: some(known?.warnings),
    clientVersion: known?.clientVersion,
    installedBy: known?.installedBy,
    loginServer: known?.loginServer,
    keyExpiry: known?.keyExpiry,
    hostKey,
    jumpHostKey,
  };
}

/** Without what a host logs in with: it is no matter once it has. */
export function withoutLogin({
  authKey: _secret,
  workloadIdentity: _identity,
  ...kept
}: HostInputs): Omit<HostInputs, "authKey" | "workloadIdentity"> {
  return kept;
}

/** The node that the state records; undefined before there was one. */
export function recordedOf(state: HostState | undefined): RecordedMembership | undefined {
  if (state?.nodeId === undefined) return undefined;
  const { nodeId, addresses, nodeKey, keyExpiry, loginServer, fqdn, name, hostKey } = state;
  const machine = state.machine && { ...state.machine, hostKey };
  const known = { nodeId, addresses, nodeKey, keyExpiry, loginServer, machine };
  return { ...known, name: fqdn?.split(".")[0] ?? name };
}

/**
 * Drift shows in the inputs' own names: name, tags (those of ours that are still there) and flags as they are now. What an
 * `up` has said already is none.
 */
export function observe(state: HostState, node: NodeState | Pick<NodeState, "drift">): HostState {
  const drift = [...(node.drift ?? [])];
  if (!("nodeId" in node)) return { ...state, drift };
  // The id and addresses of another network, or of another node, are never taken for ours: they are what the host says.
  if (node.inOtherNetwork === true) return { ...state, drift: some(drift) };
  if (state.nodeId !== undefined && node.nodeId !== state.nodeId)
    return {
      ...state,
      drift: [...drift, `expected the node ${state.nodeId}, found the node ${node.nodeId}`],
    };
  return {
    ...state,
    name: node.hostname ?? state.name,
    fqdn: node.fqdn,
    tags: state.tags.filter((tag) => node.tags.includes(tag)),
    flags: { ...state.flags, ...node.flags },
    extraFlags: { ...state.extraFlags, ...node.extraFlags },
    addresses: [...node.addresses],
    nodeId: node.nodeId,
    nodeKey: node.nodeKey,
    nodeTags: some(node.tags),
    machine: node.machine === undefined ? state.machine : { ...state.machine, ...node.machine },
    clientVersion: node.clientVersion,
    installedBy: node.installedBy,
    loginServer: node.loginServer,
    keyExpiry: node.keyExpiry,
    drift: some([...drift, ...newWarnings(state, node)]),
  };
}

const some = (list: readonly string[] | undefined) =>
  list === undefined || list.length === 0 ? undefined : [...list];

/** What a node warns of that was not said before; numbers in it (of seconds, of tries) make no difference. */
export function newWarnings(
  state: Pick<HostState, "warnings"> | undefined,
  { warnings = [] }: Pick<NodeState, "warnings">,
): readonly string[] {
  const gist = (text: string) => text.replace(/\d+/g, "0");
  const said = new Set((state?.warnings ?? []).map(gist));
  return warnings.filter((warning) => !said.has(gist(warning)));
}
