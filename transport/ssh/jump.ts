/** Opens the way from a jump host to the host behind it. */
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "ssh2";
import { DialFailure, inSeconds } from "../dial-failure";

/** Reason codes of a refused channel (RFC 4254, 5.1). */
const PROHIBITED = 1;
/** The longest time a timer takes: 24 days. */
const NO_LIMIT = 2 ** 31 - 1;

export interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface ForwardOptions {
  /** 0 is no limit. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A stream to `destination` through the connection `jump`. Rejects with a DialFailure, or when aborted. */
export async function forward(
  jump: Client,
  { host, port }: Destination,
  { timeoutMs, signal }: ForwardOptions,
): Promise<Duplex> {
  const opened = new Promise<Duplex>((resolve, reject) => {
    jump.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
  const late = delay(timeoutMs || NO_LIMIT, undefined, { ref: false, signal }).then(() => {
    throw unreachable(`no answer from the jump host within ${inSeconds(timeoutMs)} s`, true);
  });
  try {
    return await Promise.race([opened, late]);
  } catch (error) {
    opened.then(
      (stream) => stream.destroy(),
      () => undefined,
    );
    throw error instanceof DialFailure || signal?.aborted ? error : explainForward(error as Error);
  }
}

/** Pure: what the jump host's refusal means. The host behind it may only be booting; a prohibition stays. */
export function explainForward(error: Error & { reason?: number | string }): DialFailure {
  const said =
    error.message.replace(/^\(SSH\) Channel open failure: /, "").toLowerCase() || "connection failed";
  if (error.reason !== PROHIBITED)
    return unreachable(`from the jump host: ${said}`, error.reason !== undefined, error);
  const remedy = "Allow AllowTcpForwarding (and PermitOpen) for this user in the jump host's sshd_config.";
  return new DialFailure(
    { kind: "host-unreachable", remedy, cause: error },
    "the jump host forbids forwarding",
    false,
  );
}

function unreachable(reason: string, heals: boolean, cause?: Error): DialFailure {
  const remedy = "See whether the jump host reaches the host at this address and port.";
  return new DialFailure({ kind: "host-unreachable", remedy, cause }, reason, heals);
}
