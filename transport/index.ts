/** Public entry: opens a session to a host, over SSH or on this machine. */
import { setTimeout as delay } from "node:timers/promises";
import { isMeshError } from "../errors";
import { parseWith } from "../validation";
import { failureOf, stopped } from "./failure";
import { reconnectable, type Opened, type Reopen } from "./reconnect";
import type { DialOptions, Rest } from "./retry";
import { connectionSchema as zodSchema, recordedConnectionSchema } from "./schema";
import { takeSlot, type SlotOptions } from "./slots";
import type { StandardSchema } from "../validation/standard-schema";
import type { Connection, ConnectOptions, Session, SshConnection } from "./types";
import { openEitherWay } from "./ways";

export { findConnectionIssues } from "./check";
export { CONNECTIONS_VARIABLE } from "./most-connections";
export { TRACE_VARIABLE } from "./trace";
export type * from "./types";

/** The schema of a connection, for `parseHosts` of `pulumi-mesh/config`. */
export const connectionSchema: StandardSchema<unknown, Connection> = zodSchema;

/**
 * Connects to a host. As many SSH sessions are open in one process as do no harm, at first 16 (`PULUMI_MESH_CONNECTIONS` in the
 * environment bounds them); further calls wait, and dial from then on. Dials that can heal are repeated, for as long as
 * `options.operation` says. Progress: `waiting for a free connection` where there is none, `connecting`, then
 * `attempt 3, connecting: connection refused; up to 55 s more`.
 *
 * The host's key is checked: `connection.hostKey`, else known_hosts where it names the host, else
 * `options.pinnedHostKey`, else the policy (pulumi-command#755). Record `session.hostKey` and pass it as the pin the
 * next time. A jump host's key is checked in the same way, with a pin of its own (`jumpHostKey`).
 *
 * Throws MeshError: invalid-config (no connection at all, a key that cannot be used), host-unreachable, host-key-mismatch,
 * authentication-failed, timed-out (aborted). Close the session, best with `await using`.
 */
export async function connect(given: Connection, options: ConnectOptions): Promise<Session> {
  const connection = parseWith(recordedConnectionSchema, given, "connection", options.host);
  const reopen: Reopen = (seen, { signal = options.signal }) => {
    const { hostKey: pinnedHostKey = options.pinnedHostKey } = seen;
    const { jumpHostKey: pinnedJumpHostKey = options.pinnedJumpHostKey } = seen;
    // Where there are two ways each has to have its turn, for who connects again does not wait long: as a read dials.
    const operation = options.meshAddress === undefined ? options.operation : "read";
    return open(connection, { ...options, operation, pinnedHostKey, pinnedJumpHostKey, signal, again: true });
  };
  if (connection === "local") return reconnectable(await open(connection, options), reopen, () => undefined);
  const { signal, env, progress } = options;
  const proxy = connection.proxy && `${connection.proxy.host}:${connection.proxy.port ?? 22}`;
  const onWait = () => progress?.("waiting for a free connection");
  const place: SlotOptions = { through: proxy, signal, env, onWait };
  let release = await waitForSlot(options, place);
  // Hosts that boot, which takes minutes, must not keep those waiting that are up.
  const rest: Rest = async (milliseconds) => {
    release();
    await delay(milliseconds, undefined, { signal: options.signal });
    release = await takeSlot(place);
  };
  try {
    return reconnectable(await open(connection, { ...options, rest }), reopen, () => release());
  } catch (error) {
    release();
    throw error;
  }
}

async function waitForSlot({ host }: ConnectOptions, place: SlotOptions): Promise<() => void> {
  return await takeSlot(place).catch((cause: unknown) => {
    if (isMeshError(cause)) throw cause;
    throw stopped(failureOf(host, []), cause);
  });
}

async function open(connection: Connection, options: DialOptions): Promise<Opened> {
  if (connection === "local") return (await import("./local/connect.js")).connectLocal(options);
  const dial = await loadClient(connection);
  const { meshAddress } = options;
  if (meshAddress === undefined) return await dial(connection, options);
  return await openEitherWay(connection, meshAddress, options, dial);
}

/** Each is loaded when it is first used: ssh2 takes 50 ms, and whoever only wants the schema has no need of it. */
async function loadClient({ client }: SshConnection) {
  if (client === "openssh") return (await import("./openssh/connect.js")).connectOpenssh;
  return (await import("./ssh/connect.js")).connectSsh;
}
