/** Prepares the dial of one host: reads keys and known hosts, so that what is wrong there is said before any dial. */
import type { Fail } from "../failure";
import { patienceFor, type Patience } from "../patience";
import type { DialOptions } from "../retry";
import type { ProxyConnection } from "../types";
import { DEFAULT_USER, gatherCredentials } from "./credentials";
import type { Hop } from "./dial";
import { expectHostKey, type HopRole } from "./expected-key";

const DEFAULT_PORT = 22;

export interface PreparedHop extends Hop {
  readonly connection: ProxyConnection;
  readonly patience: Patience;
  /** For sudo. */
  readonly password: string | undefined;
}

/** Throws invalid-config for a key or host key that cannot be used. */
export async function prepareHop(
  connection: ProxyConnection,
  role: HopRole,
  options: DialOptions,
  fail: Fail,
): Promise<PreparedHop> {
  const { env = process.env, operation = "update" } = options;
  return {
    connection,
    host: (role.jump === true ? undefined : options.at) ?? connection.host,
    port: connection.port ?? DEFAULT_PORT,
    user: connection.user ?? DEFAULT_USER,
    password: connection.password,
    credentials: await gatherCredentials(connection, env, fail),
    expected: await expectHostKey(connection, role, options, fail),
    patience: patienceFor(connection, operation, role.jump ? "the proxy's" : undefined),
  };
}
