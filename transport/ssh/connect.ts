/** Opens a session over SSH: the jump host first where there is one, then the host. */
import type { Client } from "ssh2";
import { isMeshError, messageOf } from "../../errors";
import { DialFailure } from "../dial-failure";
import { failureOf, secretsOf, stopped, type Fail } from "../failure";
import { retryDial, type DialOptions } from "../retry";
import { createSession } from "../session";
import { elapsed, traceTo } from "../trace";
import type { SshConnection } from "../types";
import type { Opened } from "../reconnect";
import { dial, type Dialled } from "./dial";
import { turnAt } from "../handshakes";
import { prepareHop, type PreparedHop } from "./hop";
import { withHint } from "./hints";
import { forward } from "./jump";
import { sshCarrier } from "./process";

/** As `connect` of the public entry, for a connection over SSH. */
export async function connectSsh(connection: SshConnection, options: DialOptions): Promise<Opened> {
  const { host, signal, at } = options;
  const proxy = at === undefined ? connection.proxy : undefined;
  const secrets = secretsOf(connection);
  const fail = failureOf(host, secrets);
  const failOnJump: Fail = (details) =>
    fail({ ...details, message: `jump host ${proxy?.host}: ${details.message}` });

  const target = await prepareHop(connection, { pinned: options.pinnedHostKey }, options, fail);
  const jump =
    proxy &&
    (await prepareHop(proxy, { pinned: options.pinnedJumpHostKey, jump: true }, options, failOnJump));
  const opened = new Set<Dialled>();
  const keep = (dialled: Dialled): Dialled => {
    opened.add(dialled);
    dialled.client.once("close", () => opened.delete(dialled));
    return dialled;
  };
  // The host first, and the jump host at once after it.
  const close = async () => {
    await Promise.all([...opened].toReversed().map((dialled) => dialled.close()));
  };
  try {
    const way =
      jump &&
      keep(await openHop("connect-jump", jump, undefined, options).catch(explain(failOnJump, signal)));
    const reached = await openHop("connect", target, way?.client, options).catch(explain(fail, signal));
    const { client, hostKey, roundTrips } = keep(reached);
    const { user, password } = target;
    const keys = { hostKey, jumpHostKey: way?.hostKey };
    return createSession(
      { carrier: { ...sshCarrier(client), roundTrips }, ...keys, user, password, secrets, close },
      options,
    );
  } catch (error) {
    await close();
    throw error;
  }
}

/** Dials one hop, through the connection to the jump host where there is one, as often as it takes. */
async function openHop(
  event: "connect" | "connect-jump",
  hop: PreparedHop,
  jump: Client | undefined,
  { host, signal, env = process.env, progress = () => undefined, rest, again, at }: DialOptions,
): Promise<Dialled> {
  const dialOnce = async (timeoutMs: number) => {
    const start = performance.now();
    const sock = jump && (await forward(jump, hop, { timeoutMs, signal }));
    const rest = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - elapsed(start));
    const dialled = await dial(hop, { sock, timeoutMs: rest, signal }).catch(async (failure: unknown) => {
      throw await withHint(failure, hop.connection, env);
    });
    traceTo(env)({ event, host, roundTrips: dialled.roundTrips(), ms: elapsed(start), at });
    return dialled;
  };
  const directly = at === undefined ? "connecting" : "connecting over the mesh";
  const what = event === "connect-jump" ? "connecting to the jump host" : directly;
  const retry = { patience: hop.patience, what, progress, signal };
  // Behind a jump host the way there is bound, and the host sees this one connection.
  if (jump !== undefined) return await retryDial(dialOnce, retry);
  const turn = turnAt(`${hop.host}:${hop.port}`, { signal, again, progress });
  return await retryDial(dialOnce, { ...retry, rest, turn });
}

/** Throws the error for the user; an abort is one too, whatever it interrupted. */
function explain(fail: Fail, signal: AbortSignal | undefined): (cause: unknown) => never {
  return (cause) => {
    if (signal?.aborted) throw stopped(fail, signal.reason);
    if (isMeshError(cause)) throw cause;
    if (cause instanceof DialFailure) throw fail({ ...cause.details, message: cause.reason });
    throw fail({
      kind: "host-unreachable",
      message: messageOf(cause),
      remedy: "Check the connection.",
      cause,
    });
  };
}
