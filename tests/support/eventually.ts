/** Waits for what a host or a control server comes to by itself. */
import { setTimeout as delay } from "node:timers/promises";

/** Runs `assertion` again and again until it holds; after `timeout` milliseconds it fails as it did last. */
export async function eventually(
  assertion: () => void | Promise<void>,
  { timeout, interval = 50 }: { readonly timeout: number; readonly interval?: number },
): Promise<void> {
  const deadline = performance.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() + interval > deadline) throw failure;
    }
    await delay(interval);
  }
}
