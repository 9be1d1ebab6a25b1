/** Bounds how many connections one process holds open at once. */

/** Open connections, a jump host and its target counting as one. Pulumi runs all handlers of a stack in one process. */
export const MAX_CONNECTIONS = 16;

// Not p-limit: it is ESM-only, which tsc refuses to import from this CommonJS package (TS1479), and it bounds running
// functions, while a slot here is held by an object that its owner closes.
let free = MAX_CONNECTIONS;
const waiting: (() => void)[] = [];

/** Waits for a slot; the result gives it back, once. Rejects with the signal's reason when aborted while waiting. */
export async function takeSlot(signal?: AbortSignal): Promise<() => void> {
  signal?.throwIfAborted();
  if (free > 0) free--;
  else await nextFree(signal);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
}

/** Resolves when a slot is handed over to us. */
function nextFree(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.splice(waiting.indexOf(enter), 1);
      reject(signal?.reason as Error);
    };
    const enter = () => {
      signal?.removeEventListener("abort", leave);
      resolve();
    };
    waiting.push(enter);
    signal?.addEventListener("abort", leave, { once: true });
  });
}
