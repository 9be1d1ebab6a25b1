/**
 * Bounds how many logins are under way at one SSH server: beyond its `MaxStartups` (10 by default) it drops connections at
 * random, and a jump host sees one login for each host behind it.
 */
import { DialFailure } from "./dial-failure";
import { limitOf } from "./slots";
import { Turnstile } from "./turnstile";

const AT_ONCE = 8;

/** By server; fewer at once for one that has dropped some. */
const gates = new Map<string, Turnstile>();

/** Runs a dial when the server (`10.0.0.1:22`) has room for its login, and learns from how it goes. */
export async function inTurn<T>(
  server: string,
  signal: AbortSignal | undefined,
  dial: () => Promise<T>,
): Promise<T> {
  const gate = gates.get(server) ?? new Turnstile(AT_ONCE);
  gates.set(server, gate);
  try {
    return await gate.pass(signal, () => learnFrom(gate, dial));
  } finally {
    if (gate.isEmpty && gate.most === AT_ONCE) gates.delete(server);
  }
}

async function learnFrom<T>(gate: Turnstile, dial: () => Promise<T>): Promise<T> {
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
  }
}
