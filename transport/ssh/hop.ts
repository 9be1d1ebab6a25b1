/** Prepares the dial of one host: reads keys and known hosts, so that what is wrong there is said before any dial. */
import type { Fail } from "../failure";
import type { ConnectOptions, ProxyConnection } from "../types";
import { DEFAULT_USER, gatherCredentials } from "./credentials";
import type { Hop } from "./dial";
import { expectHostKey, type HopRole } from "./expected-key";

/** Defaults of `@pulumi/command`. */
const DEFAULT_PORT = 22;
const DEFAULT_DIAL_ERROR_LIMIT = 10;
const DEFAULT_PER_DIAL_TIMEOUT = 15;

export interface PreparedHop extends Hop {
  /** Failed dials allowed; -1 is no limit. */
  readonly limit: number;
  /** For sudo. */
  readonly password: string | undefined;
}

/** Throws invalid-config for a key or host key that cannot be used. */
export async function prepareHop(
  connection: ProxyConnection,
  role: HopRole,
  options: ConnectOptions,
  fail: Fail,
): Promise<PreparedHop> {
  const { env = process.env } = options;
  return {
    host: connection.host,
    port: connection.port ?? DEFAULT_PORT,
    user: connection.user ?? DEFAULT_USER,
    password: connection.password,
    credentials: await gatherCredentials(connection, env, fail),
    expected: await expectHostKey(connection, role, options, fail),
    timeoutMs: (connection.perDialTimeout ?? DEFAULT_PER_DIAL_TIMEOUT) * 1000,
    limit: connection.dialErrorLimit ?? DEFAULT_DIAL_ERROR_LIMIT,
  };
}
