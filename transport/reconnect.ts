/** A session that can be opened again: the same object, and the same slot, over a new connection. */
import type { ExecOptions, ExecResult, ReconnectOptions, Session } from "./types";

/** One connection's session, as the carriers make it; its `close` resolves when the connection is gone. */
export type Opened = Omit<Session, "reconnect">;

/** How to open another one: with the keys that must be shown, as far as some were seen. */
export type Reopen = (
  seen: Pick<Session, "hostKey" | "jumpHostKey">,
  options: ReconnectOptions,
) => Promise<Opened>;

/**
 * `release` gives the slot back, when the connection is gone and not before: one that connects again, perhaps to confirm
 * a change before its host undoes it, must not queue behind all others.
 */
export function reconnectable(first: Opened, reopen: Reopen, release: () => void): Session {
  let current = first;
  const close = () => current.close().finally(release);
  return {
    host: first.host,
    get hostKey() {
      return current.hostKey;
    },
    get jumpHostKey() {
      return current.jumpHostKey;
    },
    get meshAddress() {
      return current.meshAddress;
    },
    exec: (argv: readonly string[], options: ExecOptions): Promise<ExecResult> => current.exec(argv, options),
    reconnect: async (options = {}) => {
      await current.close();
      current = await reopen(current, options);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
