import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { watchAlive } from "../../../transport/ssh/alive";

function watched(patience: number) {
  const stream = new PassThrough();
  const state = { stream, dropped: false };
  watchAlive({ destroy: () => ((state.dropped = true), {} as never) }, stream, patience);
  return state;
}

describe("a connection that is open", () => {
  it("is dropped when nothing has come for too long", async () => {
    const connection = watched(100);
    await delay(300);
    expect(connection.dropped).toBe(true);
  });

  it("is kept as long as something comes", async () => {
    const connection = watched(300);
    for (let i = 0; i < 8; i++) {
      await delay(100);
      connection.stream.write("x");
    }
    expect(connection.dropped).toBe(false);
    connection.stream.destroy();
    await delay(400);
    expect(connection.dropped).toBe(false);
  });
});
