/**
 * Bounds how many logins are under way at one SSH server: beyond its `MaxStartups` (10 by default) it drops connections at
 * random, and a jump host sees one login for each host behind it.
 */
import { DialFailure } from "./dial-failure";
import { Row } from "./row";
import { limitOf } from "./slots";

const AT_ONCE = 8;

interface Gate {
  /** Logins that may be under way; fewer for a server that has dropped some. */
  most: number;
  running: number;
  readonly waiting: Row<undefined>;
}

const gates = new Map<string, Gate>();

/** Runs a dial when the server (`10.0.0.1:22`) has room for its login, and learns from how it goes. */
export async function inTurn<T>(
  server: string,
  signal: AbortSignal | undefined,
  dial: () => Promise<T>,
): Promise<T> {
  const gate = gates.get(server) ?? { most: AT_ONCE, running: 0, waiting: new Row<undefined>() };
  gates.set(server, gate);
  const enter = () => gate.running < gate.most && ++gate.running > 0;
  if (!enter()) await gate.waiting.join(undefined, signal);
  const start = performance.now();
  try {
    const dialled = await dial();
    limitOf().succeeded(performance.now() - start);
    return dialled;
  } catch (error) {
    if (error instanceof DialFailure && error.crowded) {
      gate.most = Math.max(1, gate.most >> 1);
      limitOf().failed();
    }
    throw error;
  } finally {
    gate.running--;
    gate.waiting.admit(enter);
    if (gate.running === 0 && gate.most === AT_ONCE) gates.delete(server);
  }
}
