import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { TRACE_VARIABLE } from "../../../transport";
import { makeHome } from "./support/home";
import { TestServer } from "./support/server";
import { mustFail, open } from "./support/session";

describe("the trace", () => {
  it("has a line per connection and per command, and nothing of what is in them", async () => {
    using home = makeHome();
    const file = home.at("trace.jsonl");
    const env = { ...home.env, [TRACE_VARIABLE]: file };
    await using server = await TestServer.start();
    await using jump = await TestServer.start();
    {
      const connection = { ...server.connection(), proxy: jump.connection() };
      await using session = await open(connection, { env });
      await session.exec(["sh", "-c", "exit 3 # canary"], { label: "probe", stdin: "canary" });
      await mustFail(session.exec(["sleep", "9"], { label: "join", timeoutMs: 100, secrets: ["canary"] }));
    }
    await mustFail(open({ host: "127.0.0.1", port: 1, dialErrorLimit: 0, password: "canary" }, { env }));
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain("canary");
    const [ms, roundTrips] = [expect.any(Number), expect.any(Number)];
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: "connect-jump", host: "web-1", roundTrips, ms },
      { event: "connect", host: "web-1", roundTrips, ms },
      { event: "exec", host: "web-1", label: "probe", code: 3, roundTrips, ms },
      { event: "exec", host: "web-1", label: "join", code: null, error: "timed-out", roundTrips, ms },
    ]);
  });

  it("counts the round trips of each connection and each command, behind a jump host, too", async () => {
    using home = makeHome();
    const file = home.at("trace.jsonl");
    const env = { ...home.env, [TRACE_VARIABLE]: file };
    await using server = await TestServer.start();
    await using jump = await TestServer.start();
    for (const connection of [server.connection(), { ...server.connection(), proxy: jump.connection() }]) {
      await using session = await open(connection, { env });
      await session.exec(["true"], { label: "probe", stdin: "input" });
    }
    const lines = readFileSync(file, "utf8").trim().split("\n");
    for (const line of lines) {
      const { event, roundTrips } = JSON.parse(line) as { event: string; roundTrips: number };
      // How the server cuts its answers into pieces is not ours: a piece more counts as one more.
      const [least, most] = event === "exec" ? [2, 4] : [5, 9];
      expect(roundTrips).toBeGreaterThanOrEqual(least);
      expect(roundTrips).toBeLessThanOrEqual(most);
    }
    expect(lines).toHaveLength(5);
  });

  it("is off without the variable, and harmless when its file cannot be written", async () => {
    using home = makeHome();
    await using local = await open("local", { env: home.env });
    await local.exec(["true"], { label: "probe" });
    await using traced = await open("local", {
      env: { ...home.env, [TRACE_VARIABLE]: "/no/such/folder/trace" },
    });
    expect(await traced.exec(["true"], { label: "probe" })).toMatchObject({ code: 0 });
    expect(existsSync("/no")).toBe(false);
  });
});
