/** A session on the machine that runs the program. */
import { userInfo } from "node:os";
import { createSession } from "../session";
import type { ConnectOptions } from "../types";
import type { Opened } from "../reconnect";
import { localCarrier } from "./process";

/** Opens no connection, and knows no password: sudo must work without one where the user is not root. */
export function connectLocal(options: ConnectOptions): Opened {
  const { env = process.env } = options;
  return createSession(
    {
      carrier: localCarrier(env),
      hostKey: undefined,
      user: userInfo().username,
      secrets: [],
      close: () => Promise.resolve(),
    },
    options,
  );
}
