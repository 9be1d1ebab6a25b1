/** How many connections at once: decided from how long handshakes take, and from what fails. */
import { describe, expect, it } from "@jest/globals";
import { AdaptiveLimit } from "../../../transport/adaptive";

const IDLE = 0.1;
const BUSY = 0.9;

/** So many handshakes of so many milliseconds. */
function see(limit: AdaptiveLimit, count: number, ms: number): void {
  for (let each = 0; each < count; each++) limit.succeeded(ms);
}
function grow(limit: AdaptiveLimit, times: number, utilization = IDLE): void {
  for (let each = 0; each < times; each++) limit.grow(utilization);
}

describe("the number of connections", () => {
  it("begins small, and grows to the most there may be while handshakes take their time", () => {
    const limit = new AdaptiveLimit(16, 256);
    expect(limit.value).toBe(16);
    for (let round = 0; round < 30; round++) {
      see(limit, 4, 900);
      limit.grow(IDLE);
    }
    expect(limit.value).toBe(256);
  });

  it("grows to 64 before anything is known of the hosts", () => {
    const limit = new AdaptiveLimit(16, 256);
    grow(limit, 50);
    expect(limit.value).toBe(64);
    see(limit, 8, 900);
    grow(limit, 50);
    expect(limit.value).toBe(256);
  });

  it("stays as it is while this process has no time for more", () => {
    const limit = new AdaptiveLimit(16, 256);
    see(limit, 50, 20);
    grow(limit, 50, BUSY);
    expect(limit.value).toBe(16);
  });

  it("falls when handshakes slow down, once for each round of them, and not below where it began", () => {
    const limit = new AdaptiveLimit(16, 256);
    see(limit, 16, 100);
    grow(limit, 8);
    const before = limit.value;
    see(limit, 16, 300);
    expect(limit.value).toBeLessThan(before);
    expect(limit.value).toBeGreaterThan(before / 2);
    grow(limit, 5);
    expect(limit.value).toBeLessThan(before);
    for (let ms = 600; ms < 20_000; ms *= 2) see(limit, 64, ms);
    expect(limit.value).toBe(16);
  });

  it("is not moved by some hosts that are farther than the others", () => {
    const limit = new AdaptiveLimit(16, 256);
    for (let round = 0; round < 40; round++) {
      see(limit, 3, 100);
      see(limit, 1, 2_000);
      limit.grow(IDLE);
    }
    expect(limit.value).toBe(256);
  });

  it("grows again when all that come later are farther than the first", () => {
    const limit = new AdaptiveLimit(16, 256);
    see(limit, 16, 100);
    for (let round = 0; round < 100; round++) {
      see(limit, 4, 900);
      limit.grow(IDLE);
    }
    expect(limit.value).toBe(256);
  });

  it("falls below where it began when connections are dropped, down to one", () => {
    const limit = new AdaptiveLimit(16, 256);
    limit.failed();
    expect(limit.value).toBe(11);
    limit.failed(); // of the same round
    expect(limit.value).toBe(11);
    for (let round = 0; round < 20; round++) {
      see(limit, 16, 100);
      limit.failed();
    }
    expect(limit.value).toBe(1);
  });

  it("is never above its bound, however small that is", () => {
    const limit = new AdaptiveLimit(16, 3);
    see(limit, 20, 100);
    grow(limit, 20);
    expect(limit.value).toBe(3);
  });
});
