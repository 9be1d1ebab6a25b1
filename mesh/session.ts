/** A session that connects when it is first used, so that a handler which needs no host opens no connection. */
import type { ExecOptions, ExecResult, Session } from "../transport";

export interface LazySession extends Session {
  /** True once a connection was opened. */
  readonly opened: boolean;
}

export function lazySession(host: string, connect: () => Promise<Session>): LazySession {
  let session: Promise<Session> | undefined;
  let seen: Pick<Session, "hostKey" | "jumpHostKey" | "meshAddress"> | undefined;
  let opened = false;
  const open = async () => {
    const connected = await (session ??= connect());
    opened = true;
    seen = connected;
    return connected;
  };
  const close = async () => {
    const connected = await session?.catch(() => undefined);
    await connected?.close();
  };
  return {
    host,
    get hostKey() {
      return seen?.hostKey;
    },
    get jumpHostKey() {
      return seen?.jumpHostKey;
    },
    get meshAddress() {
      return seen?.meshAddress;
    },
    get opened() {
      return opened;
    },
    exec: async (argv: readonly string[], options: ExecOptions): Promise<ExecResult> =>
      (await open()).exec(argv, options),
    reconnect: async (options) => (await open()).reconnect(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
