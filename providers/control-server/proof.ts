/**
 * What ties a host to a node at the control server. A host's word for its id is a claim; before an act that cannot be undone
 * the server's own record of that id is read and compared, here and nowhere else.
 */
import type { ControlServerApi } from "./api";
import type { ApiNode, ProvenNode } from "./node";

export type { ProvenNode };

/** A node as an earlier run recorded it under this declaration. */
export interface RecordedNode {
  readonly nodeId: string;
  readonly addresses: readonly string[];
  /** The name that it had: one label. */
  readonly name: string;
}

/** A node as the host's own client shows it now. */
export interface ShownNode {
  readonly nodeId: string;
  readonly addresses: readonly string[];
  readonly nodeKey?: string;
}

export type Proof =
  | { readonly ok: true; readonly node: ProvenNode }
  /** `gone`: the API and a list say so. `doubt`: the id is another node's, in a sentence without a full stop. */
  | { readonly ok: false; readonly why: "gone" }
  | { readonly ok: false; readonly why: "doubt"; readonly doubt: string };

/** The node that an earlier run recorded: id, address and name as then (a restored database gives ids and addresses anew). */
export async function proveRecorded(api: ControlServerApi, recorded: RecordedNode): Promise<Proof> {
  const record = await api.readNode(recorded.nodeId);
  if (record === undefined) return { ok: false, why: "gone" };
  return judgeRecorded(record, recorded);
}

/** Pure: as `proveRecorded`, for a record that was read already. */
export function judgeRecorded(record: ApiNode, recorded: RecordedNode): Proof {
  const known = [record.name, record.hostname].includes(recorded.name);
  if (record.nodeId === recorded.nodeId && overlap(record, recorded) && known) return grant(record);
  return doubt(record, `${recorded.name} (${recorded.addresses.join(", ") || "no address"})`);
}

/**
 * The node that the client shows and nobody recorded: it has to have asked the control server for this very hostname, from
 * the addresses and with the key that the client shows. A host that lies can only mean nodes of its own name by it.
 */
export async function proveShown(api: ControlServerApi, host: string, shown: ShownNode): Promise<Proof> {
  const record = await api.readNode(shown.nodeId);
  if (record === undefined) return { ok: false, why: "gone" };
  const asked = (record.hostname ?? record.name) === host || record.name === host;
  if (asked && overlap(record, shown) && sameKey(record, shown) !== false) return grant(record);
  return doubt(record, `${host} (${shown.addresses.join(", ") || "no address"})`);
}

/**
 * Pure: the node whose login was refused just now because it was logged out before (headscale#3371). `keys` are public: those
 * that the client tried with, which the control server has taken into its record by this login and not `before`, and its
 * machine's, which counts for a node of the same name only. A host can print any key: those of others do not change.
 */
export function proveRefused(
  nodes: readonly ApiNode[],
  keys: readonly string[],
  { host, before }: { readonly host: string; readonly before: readonly ApiNode[] },
): ProvenNode | undefined {
  const took = ({ nodeId, nodeKey }: ApiNode) =>
    nodeKey !== undefined &&
    keys.includes(nodeKey) &&
    before.find((node) => node.nodeId === nodeId)?.nodeKey !== nodeKey;
  const found = nodes.find(
    (node) => node.loggedOut === true && (took(node) || (isNamesake(node, keys, host) && !node.online)),
  );
  return found as ProvenNode | undefined;
}

/** Pure: whether that node may be one which is said to be online still, as for some seconds after a logout. */
export function mayBeRefused(nodes: readonly ApiNode[], keys: readonly string[], host: string): boolean {
  return nodes.some((node) => node.loggedOut === true && isNamesake(node, keys, host));
}

function isNamesake({ name, hostname, machineKey }: ApiNode, keys: readonly string[], host: string): boolean {
  return machineKey !== undefined && keys.includes(machineKey) && [name, hostname].includes(host);
}

/** Pure: a holder of the name that is offline, where the policy `replace-offline` says that such a one may go. */
export function offlineHolders(nodes: readonly ApiNode[], name: string): readonly ProvenNode[] {
  return nodes.filter((node) => node.name === name && !node.online) as ProvenNode[];
}

function grant(record: ApiNode): Proof {
  return { ok: true, node: record as ProvenNode };
}

function doubt(record: ApiNode, meant: string): Proof {
  const is = `${record.name} (${record.addresses.join(", ") || "no address"})`;
  return { ok: false, why: "doubt", doubt: `the node ${record.nodeId} is ${is} by now, and not ${meant}` };
}

function overlap(
  a: { readonly addresses: readonly string[] },
  b: { readonly addresses: readonly string[] },
): boolean {
  return a.addresses.some((address) => b.addresses.includes(address));
}

/** Undefined where one of the two shows no key. */
function sameKey(a: { readonly nodeKey?: string }, b: { readonly nodeKey?: string }): boolean | undefined {
  return a.nodeKey === undefined || b.nodeKey === undefined ? undefined : a.nodeKey === b.nodeKey;
}
