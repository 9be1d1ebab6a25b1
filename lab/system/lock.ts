/** A lock between processes of this machine that the kernel releases when its holder ends, however it ends. */
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../error";

/** Undefined when somebody else holds the name. An abstract socket leaves no file behind that could go stale. */
function tryBind(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(`\0pulumi-mesh/${name}`, () => resolve(server.unref()));
  });
}

export interface LockOptions {
  /** Told once, when the lock is taken by somebody else and we start to wait. */
  readonly onWait?: () => void;
  /** Milliseconds to wait at most; default 30 minutes, the longest tool build and then some. */
  readonly deadline?: number;
}

/** Runs `work` while no other process runs under the same lock name. Not re-entrant. */
export async function withLock<T>(
  name: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const end = Date.now() + (options.deadline ?? 30 * 60_000);
  let server = await tryBind(name);
  if (server === undefined) options.onWait?.();
  while (server === undefined) {
    if (Date.now() > end)
      throw new LabError(`another process still holds the lock "${name}"`, "Wait for it, or end it.");
    await sleep(200);
    server = await tryBind(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}
