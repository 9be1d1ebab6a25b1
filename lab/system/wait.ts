/** Polls for a condition until a named deadline. */
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../error";

/** Resolves to the first value of `probe` that is not undefined; its exceptions count as "not yet". */
export async function awaitUntil<T>(
  what: string,
  deadline: number,
  probe: () => Promise<T | undefined>,
  interval = 50,
): Promise<T> {
  const end = Date.now() + deadline;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new LabError(`${what} did not come about within ${deadline / 1000} s`, undefined, last);
    await sleep(interval);
  }
}
