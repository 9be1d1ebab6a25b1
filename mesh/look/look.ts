/** One look at a host over one connection: the node as it is, what differs from the declaration, what was asked beside it. */
import { isMeshError, type MeshError } from "../../errors";
import { newWarnings, observe, recordedOf } from "../host-state";
import { expiryWarning } from "../key-expiry";
import { loadProvider } from "../load-provider";
import { meshAddressOf } from "../reach";
import {
  createContext,
  type NetworkProvider,
  type NodeState,
  type ProviderContext,
  type Survey,
} from "../../providers";
import { connect } from "../../transport";
import type { HostState } from "../state";
import { flagDifferences } from "./flags";

/** As the state has it; what no `up` has recorded yet is absent. */
export interface DeclaredHost extends HostState {
  /** True for one of the stack's state: it knows who declares the host, and what it was. */
  readonly recorded: boolean;
}

export interface Look {
  readonly host: DeclaredHost;
  /** The node's FQDN as it is expected. */
  readonly expected: string;
  /** Whether a connection came about. */
  readonly reached: boolean;
  /** The key that the host showed. */
  readonly hostKey?: string;
  /** What ended the look before its end. */
  readonly error?: MeshError;
  /** False: known not to be a node. Undefined: not known. */
  readonly joined?: boolean;
  readonly node?: NodeState;
  readonly survey?: Survey;
  /** What is not as declared, a sentence each. */
  readonly drift: readonly string[];
  /** What a user should know of a host that is as declared. */
  readonly warnings: readonly string[];
}

export interface LookOptions {
  /** Looks at what a join needs instead of at the node. */
  readonly prerequisites?: boolean;
  /** Looks at the system beside the node: what the probe tells, at no further cost. */
  readonly system?: boolean;
  /** Addresses or FQDNs of the nodes to which links are measured. */
  readonly links?: readonly string[];
  readonly progress: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Never throws for what is wrong with the host. */
export async function lookAt(host: DeclaredHost, options: LookOptions): Promise<Look> {
  const provider = await loadProvider(host.provider, host.module);
  const expected = provider.nodeFQDN(host.name, host.config);
  const found: Partial<Mutable<Look>> = {};
  const warnings: string[] = [];
  try {
    await using session = await connect(host.connection, {
      host: host.name,
      operation: "read",
      progress: options.progress,
      pinnedHostKey: host.hostKey,
      pinnedJumpHostKey: host.jumpHostKey,
      hostKeyPolicy: host.hostKeyPolicy,
      meshAddress: meshAddressOf(host),
      env: options.env,
    });
    found.reached = true;
    found.hostKey = session.hostKey;
    const warn = (text: string) => void warnings.push(text.replace(`${host.name}: `, ""));
    const ctx = createContext(session, { progress: options.progress, warn, env: options.env });
    options.progress("looking");
    found.survey = await provider.survey?.(ctx, { ...options, config: host.config, host: host.name });
    if (options.prerequisites !== true)
      Object.assign(found, await inspect(host, provider, ctx, found.survey));
  } catch (error) {
    if (!isMeshError(error)) throw error;
    found.error = error;
  }
  return {
    reached: false,
    drift: [],
    ...found,
    host,
    expected,
    warnings: [...warnings, ...(found.warnings ?? [])],
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

async function inspect(
  host: DeclaredHost,
  provider: NetworkProvider,
  ctx: ProviderContext,
  survey: Survey | undefined,
): Promise<Partial<Look>> {
  if (provider.inspect === undefined) return {};
  const { name, config, tags, flags, extraFlags, serve, daemon, onNameConflict, extraTags } = host;
  // Where configuration alone declares the host, whoever holds it may be the one that does.
  const declaration = host.recorded ? ownDeclaration(host) : survey?.holder;
  const wishes = {
    ...{ config, host: name, tags, flags, extraFlags, serve, daemon, onNameConflict, extraTags, declaration },
    udpGro: host.udpGro,
    keyExpiry: host.expiry,
    renewKey: host.renewKey,
    recorded: recordedOf(host),
  };
  const node = await provider.inspect(ctx, wishes);
  if (node === undefined) return { joined: false };
  if (!("nodeId" in node)) return { joined: undefined, drift: node.drift ?? [] };
  return { joined: true, node, drift: driftOf(host, node), warnings: warningsOf(host, node, survey) };
}

export function ownDeclaration({ declaration: id, progressUrn, name }: DeclaredHost) {
  return id === undefined ? undefined : { id, label: progressUrn ?? name };
}

/** As a refresh would find it, in words. */
function driftOf(host: DeclaredHost, node: NodeState): string[] {
  const silent = { ...host, warnings: [...(node.warnings ?? [])] };
  const missing = host.tags.filter((tag) => !node.tags.includes(tag));
  const renamed = node.hostname !== undefined && node.hostname !== host.name;
  return [
    ...(observe(silent, node).drift ?? []),
    ...(renamed ? [`expected the hostname ${host.name}, found ${node.hostname}`] : []),
    ...(missing.length > 0 ? [`the node lacks ${missing.join(", ")}`] : []),
    ...flagDifferences(host.flags, node.flags ?? {}),
    ...flagDifferences(host.extraFlags, node.extraFlags ?? {}),
  ];
}

function warningsOf(host: DeclaredHost, node: NodeState, survey: Survey | undefined): string[] {
  const expiry = expiryWarning(host, node.keyExpiry, new Date())?.replace(`${host.name}: `, "");
  const { advertised = [], approved = advertised } = survey?.routes ?? {};
  // A declared one that waits is drift already.
  const isSaid = (route: string) => node.drift?.some((text) => text.includes(route)) === true;
  const waiting = advertised.filter((route) => !approved.includes(route) && !isSaid(route));
  return [
    ...newWarnings(undefined, node),
    ...(expiry === undefined ? [] : [expiry]),
    ...(waiting.length === 0
      ? []
      : [`routes that the control server has not approved: ${waiting.join(", ")}. Approve them there.`]),
  ];
}
