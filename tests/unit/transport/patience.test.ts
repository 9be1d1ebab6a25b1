import { describe, expect, it } from "@jest/globals";
import { DialFailure } from "../../../transport/dial-failure";
import { patienceFor, type Patience } from "../../../transport/patience";
import { retryDial, type RetryOptions } from "../../../transport/retry";
import { mustReject } from "./support/session";

describe("a host that does not answer is dialled", () => {
  it("for five minutes when it is created, however quickly each dial is refused: it may be booting", () => {
    expect(patienceFor({}, "create")).toMatchObject({ totalMs: 300_000, failures: Infinity, dialMs: 15_000 });
  });

  it("for a minute when it is updated", () => {
    expect(patienceFor({}, "update")).toMatchObject({ totalMs: 60_000, failures: Infinity });
  });

  it.each(["read", "delete"] as const)(
    "for 20 seconds by a %s, whatever dialErrorLimit says",
    (operation) => {
      expect(patienceFor({}, operation).totalMs).toBe(20_000);
      expect(patienceFor({ dialErrorLimit: -1 }, operation).totalMs).toBe(20_000);
      expect(patienceFor({ dialErrorLimit: 1 }, operation)).toMatchObject({ totalMs: 20_000, failures: 1 });
      expect(patienceFor({ perDialTimeout: 0 }, operation).totalMs).toBe(20_000);
    },
  );

  it("for one dial of perDialTimeout in any case", () => {
    expect(patienceFor({ perDialTimeout: 40 }, "delete")).toMatchObject({ totalMs: 40_000, dialMs: 40_000 });
  });

  it("as often as dialErrorLimit allows, where an up has one", () => {
    expect(patienceFor({ dialErrorLimit: 50 }, "create")).toMatchObject({ totalMs: Infinity, failures: 50 });
    expect(patienceFor({ dialErrorLimit: -1 }, "update")).toMatchObject({
      totalMs: Infinity,
      failures: Infinity,
    });
  });
});

describe("dialling that comes to its end", () => {
  /** A host that refuses at once, or takes all the time that a dial has. */
  async function dialAll(
    patience: Partial<Patience>,
    hangs = false,
    waiting: Pick<RetryOptions, "rest" | "turn"> = {},
  ) {
    const given: number[] = [];
    const progress: string[] = [];
    const dialOnce = async (timeoutMs: number) => {
      given.push(timeoutMs);
      if (hangs) await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      throw new DialFailure({ kind: "host-unreachable", remedy: "Look." }, "connection refused", true);
    };
    const whole = { dialMs: 15_000, totalMs: Infinity, failures: Infinity, setting: "SETTING", ...patience };
    const say = (text: string) => progress.push(text);
    const options = { patience: whole, what: "connecting", progress: say, ...waiting };
    const { reason, details } = (await mustReject(retryDial(dialOnce, options))) as DialFailure;
    return { given, progress, reason, remedy: details.remedy };
  }

  it("says how long it took, and what would have it go on", async () => {
    const { given, progress, reason, remedy } = await dialAll({ totalMs: 1_800 });
    expect(given).toHaveLength(3);
    expect(reason).toBe("connection refused (3 attempts in 1.8 s)");
    expect(remedy).toBe("Look. To wait longer, raise SETTING.");
    expect(progress.slice(0, 2)).toEqual([
      "connecting",
      "attempt 2, connecting: connection refused; up to 2 s more",
    ]);
  });

  it("never gives a dial more time than there is left", async () => {
    const { given, reason } = await dialAll({ dialMs: 2_000, totalMs: 4_000 }, true);
    expect(given[0]).toBe(2_000);
    expect(given[1]).toBeLessThan(2_000);
    expect(reason).toBe("connection refused (2 attempts in 4 s)");
  });

  it.each(["rest", "turn"] as const)(
    "counts no time in which the host waited for others: in its %s",
    async (which) => {
      const others = () => new Promise((resolve) => setTimeout(resolve, 1_500));
      const waiting = {
        rest: { rest: () => others().then(() => undefined) },
        turn: { turn: <T>(dial: () => Promise<T>) => others().then(dial) },
      };
      const { given, progress } = await dialAll({ totalMs: 2_400 }, false, waiting[which]);
      expect(given).toHaveLength(3);
      expect(given[0]).toBe(2_400);
      expect(progress.slice(1)).toEqual([
        "attempt 2, connecting: connection refused; up to 3 s more",
        "attempt 3, connecting: connection refused; up to 2 s more",
      ]);
    },
  );

  it("is said with the number of dials where that is the limit", async () => {
    const { reason, remedy } = await dialAll({ failures: 1 });
    expect(reason).toBe("connection refused (2 attempts)");
    expect(remedy).toContain("SETTING");
  });
});
