/** Logins under way at one server, which drops connections when there are too many. */
import { describe, expect, it } from "@jest/globals";
import { DialFailure } from "../../../transport/dial-failure";
import { inTurn } from "../../../transport/handshakes";
import { TestServer } from "./support/server";
import { open } from "./support/session";

/** A server with so much room, which drops what is more. */
function server(room: number) {
  const seen = { running: 0, most: 0, dropped: 0 };
  const dial = async () => {
    if (seen.running >= room) {
      seen.dropped++;
      throw new DialFailure({ kind: "host-unreachable", remedy: "wait" }, "connection reset", true, true);
    }
    seen.most = Math.max(seen.most, ++seen.running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.running--;
  };
  return { seen, dial };
}

describe("logins at one server", () => {
  it("are at most eight at once, below the ten that sshd takes", async () => {
    const { seen, dial } = server(100);
    await Promise.all(Array.from({ length: 40 }, () => inTurn("jump:22", undefined, dial)));
    expect(seen).toEqual({ running: 0, most: 8, dropped: 0 });
  });

  it("do not wait for those at other servers", async () => {
    const { seen, dial } = server(100);
    await Promise.all(Array.from({ length: 40 }, (_, at) => inTurn(`web-${at}:22`, undefined, dial)));
    expect(seen.most).toBe(40);
  });

  it("become fewer where some are dropped, until none is", async () => {
    const { seen, dial } = server(3);
    const again = async (): Promise<void> => inTurn("small:22", undefined, dial).catch(() => again());
    await Promise.all(Array.from({ length: 30 }, again));
    const dropped = seen.dropped;
    expect(dropped).toBeGreaterThan(0);
    await Promise.all(Array.from({ length: 30 }, again));
    expect(seen.dropped).toBe(dropped);
  });

  it("stop waiting when the caller gives up, and leave the place to the next", async () => {
    const { seen, dial } = server(100);
    const first = Array.from({ length: 8 }, () => inTurn("busy:22", undefined, dial));
    await expect(inTurn("busy:22", AbortSignal.timeout(1), dial)).rejects.toThrow("timeout");
    await Promise.all([...first, inTurn("busy:22", undefined, dial)]);
    expect(seen).toMatchObject({ running: 0, most: 8 });
  });

  it("of many hosts behind one jump host are bounded there", async () => {
    await using jump = await TestServer.start();
    await using target = await TestServer.start();
    const proxy = jump.connection();
    const work = Array.from({ length: 24 }, async () => {
      await using session = await open({ ...target.connection(), proxy });
      return (await session.exec(["echo", "here"], { label: "probe" })).stdout;
    });
    expect(new Set(await Promise.all(work))).toEqual(new Set(["here\n"]));
    expect(jump.mostLoggingIn).toBeLessThanOrEqual(8);
    expect(jump.accepted).toBe(24);
  });
});
