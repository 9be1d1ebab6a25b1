/** Logins under way at one server, which drops connections when there are too many. */
import { describe, expect, it } from "@jest/globals";
import { DialFailure } from "../../../transport/dial-failure";
import { inTurn } from "../../../transport/handshakes";
import { TestServer } from "./support/server";
import { mustReject, open } from "./support/session";

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
    await Promise.all(Array.from({ length: 40 }, () => inTurn("jump:22", {}, dial)));
    expect(seen).toEqual({ running: 0, most: 8, dropped: 0 });
  });

  it("do not wait for those at other servers", async () => {
    const { seen, dial } = server(100);
    await Promise.all(Array.from({ length: 40 }, (_, at) => inTurn(`web-${at}:22`, {}, dial)));
    expect(seen.most).toBe(40);
  });

  it("become fewer where some are dropped, until none is", async () => {
    const { seen, dial } = server(3);
    const again = async (): Promise<void> => inTurn("small:22", {}, dial).catch(() => again());
    await Promise.all(Array.from({ length: 30 }, again));
    const dropped = seen.dropped;
    expect(dropped).toBeGreaterThan(0);
    await Promise.all(Array.from({ length: 30 }, again));
    expect(seen.dropped).toBe(dropped);
  });

  it("become more again, one at a time, when none is dropped any more", async () => {
    const { seen, dial } = server(3);
    const again = async (): Promise<void> => inTurn("late:22", {}, dial).catch(() => again());
    await Promise.all(Array.from({ length: 30 }, again));
    const roomy = server(100);
    await Promise.all(Array.from({ length: 40 }, () => inTurn("late:22", {}, roomy.dial)));
    expect(roomy.seen.most).toBeLessThan(8);
    await Promise.all(Array.from({ length: 300 }, () => inTurn("late:22", {}, roomy.dial)));
    expect(roomy.seen).toEqual({ running: 0, most: 8, dropped: 0 });
    expect(seen.dropped).toBeGreaterThan(0);
  });

  it("that are dropped together count once", async () => {
    const { seen, dial } = server(0);
    await Promise.allSettled(Array.from({ length: 8 }, () => inTurn("reset:22", {}, dial)));
    expect(seen.dropped).toBe(8);
    const roomy = server(100);
    await Promise.all(Array.from({ length: 20 }, () => inTurn("reset:22", {}, roomy.dial)));
    expect(roomy.seen.most).toBe(4);
  });

  it("wait so long for their turn, and no longer", async () => {
    let release = () => undefined as void;
    const hangs = new Promise<void>((resolve) => (release = resolve));
    const first = Array.from({ length: 8 }, () => inTurn("hung:22", {}, () => hangs));
    const waits: string[] = [];
    const options = { longestMs: 100, onWait: () => waits.push("waits") };
    const failure = (await mustReject(inTurn("hung:22", options, () => hangs))) as DialFailure;
    expect(failure.reason).toBe("others' logins at hung:22 left it no turn within 0.1 s");
    expect(failure).toMatchObject({ heals: false, details: { kind: "host-unreachable" } });
    expect(failure.details.remedy).toContain("perDialTimeout");
    expect(waits).toEqual(["waits"]);
    release();
    await Promise.all(first);
  });

  it("of a session that connects again wait for nobody", async () => {
    let release = () => undefined as void;
    const hangs = new Promise<void>((resolve) => (release = resolve));
    const others = Array.from({ length: 12 }, () => inTurn("guarded:22", {}, () => hangs));
    const { seen, dial } = server(100);
    await inTurn("guarded:22", { again: true, signal: AbortSignal.timeout(5_000) }, dial);
    expect(seen).toEqual({ running: 0, most: 1, dropped: 0 });
    release();
    await Promise.all(others);
  });

  it("stop waiting when the caller gives up, and leave the place to the next", async () => {
    const { seen, dial } = server(100);
    const first = Array.from({ length: 8 }, () => inTurn("busy:22", {}, dial));
    await expect(inTurn("busy:22", { signal: AbortSignal.timeout(1) }, dial)).rejects.toThrow("timeout");
    await Promise.all([...first, inTurn("busy:22", {}, dial)]);
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

  it("of a session that connects again go before those that wait at its jump host", async () => {
    await using jump = await TestServer.start();
    await using target = await TestServer.start();
    await using session = await open({ ...target.connection(), proxy: jump.connection() });
    let release = () => undefined as void;
    const hangs = new Promise<void>((resolve) => (release = resolve));
    const others = Array.from({ length: 12 }, () => inTurn(`127.0.0.1:${jump.port}`, {}, () => hangs));
    await session.reconnect({ signal: AbortSignal.timeout(5_000) });
    expect(await session.exec(["echo", "here"], { label: "confirm" })).toMatchObject({ stdout: "here\n" });
    release();
    await Promise.all(others);
  });
});
