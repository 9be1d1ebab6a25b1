/** A session that can be opened again: the same object, over a new connection. */
import type { ExecOptions, ExecResult, ReconnectOptions, Session } from "./types";

/** One connection's session, as the carriers make it. */
export type Opened = Omit<Session, "reconnect">;

/** How to open another one: the key that must be shown, if one was seen. */
export type Reopen = (pinnedHostKey: string | undefined, options: ReconnectOptions) => Promise<Opened>;

export function reconnectable(first: Opened, reopen: Reopen): Session {
  let current = first;
  const close = () => current.close();
  return {
    host: first.host,
    get hostKey() {
      return current.hostKey;
    },
    exec: (argv: readonly string[], options: ExecOptions): Promise<ExecResult> => current.exec(argv, options),
    reconnect: async (options = {}) => {
      await current.close();
      current = await reopen(current.hostKey, options);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
