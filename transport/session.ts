/** The session that callers hold: commands with their trace, over whichever way leads to the host. */
import { isMeshError } from "../errors";
import type { Carrier } from "./exec/process";
import { run } from "./exec/run";
import { failureOf } from "./failure";
import { elapsed, traceTo } from "./trace";
import type { ConnectOptions, ExecOptions } from "./types";
import type { Opened } from "./reconnect";

export interface SessionParts {
  readonly carrier: Carrier;
  readonly hostKey: string | undefined;
  readonly jumpHostKey?: string;
  /** The login user, and its password for sudo. */
  readonly user: string;
  readonly password?: string;
  /** What errors must never show. */
  readonly secrets: readonly (string | undefined)[];
  /** Called once; resolves when the connection is gone. */
  readonly close: () => Promise<void>;
}

export function createSession(parts: SessionParts, options: ConnectOptions): Opened {
  const { host, signal, env = process.env } = options;
  const { carrier, hostKey, jumpHostKey, user, password } = parts;
  const trace = traceTo(env);

  const exec = async (argv: readonly string[], command: ExecOptions) => {
    const fail = failureOf(host, [...parts.secrets, ...(command.secrets ?? [])]);
    const start = performance.now();
    const before = carrier.roundTrips?.() ?? 0;
    const note = (code: number | null, error?: string) => {
      const roundTrips = carrier.roundTrips && carrier.roundTrips() - before;
      trace({ event: "exec", host, label: command.label, code, error, roundTrips, ms: elapsed(start) });
    };
    try {
      const result = await run(argv, command, { carrier, fail, user, password, signal });
      note(result.code);
      return result;
    } catch (error) {
      note(null, isMeshError(error) ? error.kind : "failed");
      throw error;
    }
  };

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= parts.close());
  return { host, hostKey, jumpHostKey, exec, close, [Symbol.asyncDispose]: close };
}
