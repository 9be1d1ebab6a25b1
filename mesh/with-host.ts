/** One connection to a host for a handler call: opened by the first step that needs it, closed in the end. */
import type { NodeState, ProviderContext } from "../providers";
import { connect, type ConnectOperation, type ProxyConnection, type Session } from "../transport";
import { isMeshError } from "../errors";
import { expiryWarning } from "./key-expiry";
import type { Progress } from "./progress";
import { meshAddressOf } from "./reach";
import { addressOf } from "./roster";
import { lazySession, type LazySession } from "./session";
import type { HostInputs, HostState } from "./state";

export interface Operation {
  readonly progress: Progress;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Of the last contact: the host keys, which are enforced from then on, and the addresses in the mesh. */
export type Pins = Pick<HostState, "hostKey" | "jumpHostKey"> & Partial<Pick<HostState, "addresses">>;

type Reachable = Pick<HostState, "name" | "connection" | "hostKeyPolicy" | "reach">;

export async function withHost<T>(
  host: Reachable,
  { progress, env }: Operation,
  how: ConnectOperation,
  pins: Pins,
  steps: (ctx: ProviderContext & { session: LazySession }) => Promise<T>,
): Promise<T> {
  const { signal } = new AbortController();
  const say = (message: string) => progress.step(message);
  await using session = lazySession(host.name, () => open(host, { progress, env }, how, pins, signal));
  return await steps({ session, signal, progress: say, warn: (message) => progress.warn(message), env });
}

/** The connection by which a host was reached before it got another address; undefined when nobody answers there. */
export async function reachFormer(olds: HostState, operation: Operation): Promise<Session | undefined> {
  try {
    return await open(olds, operation, "read", olds, new AbortController().signal);
  } catch (error) {
    if (isMeshError(error)) return undefined;
    throw error;
  }
}

function open(
  { name: host, connection, hostKeyPolicy, reach }: Reachable,
  { progress, env }: Operation,
  operation: ConnectOperation,
  { hostKey: pinnedHostKey, jumpHostKey: pinnedJumpHostKey, addresses }: Pins,
  signal: AbortSignal,
): Promise<Session> {
  const pins = { pinnedHostKey, pinnedJumpHostKey };
  const say = (message: string) => progress.step(message);
  const meshAddress = meshAddressOf({ connection, reach, hostKey: pinnedHostKey, addresses });
  const options = { operation, signal, progress: say, ...pins, hostKeyPolicy, meshAddress, env };
  return connect(connection, { host, ...options });
}

/**
 * A pin holds for the address where it was seen; another address is a first contact, with a machine that need not be the one which
 * the mesh knows.
 */
export function pinsOf(inputs: HostInputs, olds: HostState | undefined): Pins {
  if (olds === undefined || inputs.connection === "local" || olds.connection === "local") return {};
  const isSame = (one?: ProxyConnection, other?: ProxyConnection) =>
    one?.host === other?.host && (one?.port ?? 22) === (other?.port ?? 22);
  return {
    hostKey: isSame(inputs.connection, olds.connection) ? olds.hostKey : undefined,
    jumpHostKey: isSame(inputs.connection.proxy, olds.connection.proxy) ? olds.jumpHostKey : undefined,
    addresses: addressOf(inputs.connection) === addressOf(olds.connection) ? olds.addresses : undefined,
  };
}

export function warnOfExpiry(
  host: Pick<HostState, "name" | "renewKey">,
  node: Pick<NodeState, "keyExpiry"> | undefined,
  progress: Progress,
): void {
  const warning = expiryWarning(host, node?.keyExpiry, new Date());
  if (warning !== undefined) progress.warn(warning);
}
