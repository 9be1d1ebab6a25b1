import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { openHttp } from "../../../providers/control-server/http";
import { isInClear } from "../../../providers/control-server/in-clear";
import { eventually } from "../../support/eventually";
import { ApiServer } from "../../support/api-server";
import { farHost } from "../transport/support/far";

const KEY = "hskey-api-canary-0123456789";

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (signal = new AbortController().signal, baseUrl = server.url) =>
  openHttp({
    service: "The API",
    baseUrl,
    host: "web-1",
    signal,
    unreachableRemedy: "Check login_server.",
    troubleRemedy: "Look at the log.",
    addressRemedy: "Look at the proxy.",
    secrets: new Set([KEY]),
  });
const get = { method: "GET", path: "/x", bearer: KEY } as const;

describe("a call of an API", () => {
  it.each([502, 503, 504, 429])("is repeated once after status %s", async (status) => {
    server.routes["GET /x"] = [{ status }, { body: { fine: true } }];
    expect(await open().send(get)).toMatchObject({ ok: true, value: { fine: true } });
    expect(server.calls).toHaveLength(2);
  });

  it("is repeated while it is rate-limited, when the server says so, by its own clock", async () => {
    const date = new Date().toUTCString();
    const until = new Date(Date.parse(date) + 1_000).toUTCString();
    server.routes["GET /x"] = [
      { status: 429, headers: { "retry-after": "1" } },
      { status: 429, headers: { date, "retry-after": until } },
      { status: 429 },
      { body: { fine: true } },
    ];
    const start = performance.now();
    expect(await open().send(get)).toMatchObject({ ok: true });
    expect(server.calls).toHaveLength(4);
    expect(performance.now() - start).toBeGreaterThan(2_000); // never earlier than told
  });

  it("waits for the rate limit that another host's call was told of", async () => {
    server.routes["GET /x"] = [{ status: 429, headers: { "retry-after": "1" } }, {}];
    server.routes["GET /y"] = {};
    const first = open().send(get);
    await eventually(() => expect(server.calls).toHaveLength(1), { timeout: 5_000, interval: 5 });
    await open().send({ ...get, path: "/y" });
    await first;
    expect(server.times[1]! - server.times[0]!).toBeGreaterThan(900); // never earlier than told
  });

  it("is one of eight at most that are under way", async () => {
    server.delayMs = 20;
    server.routes["GET /x"] = {};
    await Promise.all(Array.from({ length: 40 }, () => open().send(get)));
    expect(server.mostAtOnce).toBe(8);
  });

  it("is repeated once after a broken connection", async () => {
    server.routes["GET /x"] = [{ cut: true }, {}];
    expect(await open().send(get)).toMatchObject({ ok: true });
  });

  it("that keeps breaking is an error", async () => {
    server.routes["GET /x"] = { cut: true };
    await expect(open().send(get)).rejects.toMatchObject({ kind: "control-server", host: "web-1" });
    expect(server.calls).toHaveLength(2);
  });

  it("that must not happen twice is repeated only when it was not carried out", async () => {
    const post = { ...get, method: "POST", repeatable: false } as const;
    server.routes["POST /x"] = [{ status: 503 }];
    expect(await open().send(post)).toMatchObject({ status: 503 });
    expect(server.calls).toHaveLength(1);
    server.routes["POST /x"] = [{ status: 429, headers: { "retry-after": "1" } }, {}];
    expect(await open().send(post)).toMatchObject({ ok: true });
  });

  it("has no terminal commands in any text that it answers", async () => {
    server.routes["GET /x"] = {
      body: { name: "web\u001b]0;owned\u0007-1\u202e", list: ["\u001b[31mtag:a"] },
    };
    expect((await open().send(get)).value).toEqual({ name: "web-1", list: ["tag:a"] });
  });

  it("does not follow a redirect with the key", async () => {
    await using elsewhere = await ApiServer.start({ "GET /y": {} });
    server.routes["GET /x"] = { status: 302, headers: { location: `${elsewhere.url}/y` } };
    expect(await open().send(get)).toMatchObject({ ok: false, status: 302 });
    expect(elsewhere.calls).toEqual([]);
  });

  it("ends where an answer does not: nothing of more than 64 MiB is kept", async () => {
    server.routes["GET /x"] = { body: "x".repeat(65 * 1024 * 1024) };
    await expect(open().send(get)).rejects.toMatchObject({
      kind: "control-server",
      message: expect.stringContaining("it answered with more than 64 MiB"),
    });
  });

  it.each([
    ['{"message":"no"}', "no"],
    ['{"title":"Not Found","status":404,"detail":"node not found"}', "node not found"],
    [
      '{"detail":"validation failed","errors":[{"message":"unexpected property","location":"body.x"},{"message":"too long"}]}',
      "validation failed: unexpected property: too long",
    ],
    ["plain words\nmore", "plain words"],
    ["<html><title>Sign\nin</title></html>", 'status 400, a web page ("Sign in")'],
    ["", "status 400, an empty answer"],
    [`{"message":"bad key ${KEY}"}`, "bad key [redacted]"],
    ['{"message":"\\u001b]0;owned\\u0007\\u001b[31mred\\u202e"}', "red"],
  ])("answered by %j says %j", async (body, message) => {
    server.routes["GET /x"] = { status: 400, body };
    expect(await open().send(get)).toMatchObject({ ok: false, message });
  });

  it.each([
    ["JSON", JSON.stringify({ message: `${"x".repeat(190)} ${KEY}` })],
    ["a text", `${"x".repeat(190)} ${KEY}`],
    ["a page's title", `<title>${"x".repeat(190)} ${KEY}</title>`],
  ])("that is echoed in %s shows no part of the key, wherever it is cut", async (_what, body) => {
    server.routes["GET /x"] = { status: 400, body };
    const http = open();
    const answer = await http.send(get);
    for (const text of [answer.message, String(http.refusal("read x", answer))])
      expect(text).not.toContain(KEY.slice(0, 4));
  });

  it.each([
    [
      { status: 500, body: { message: "database is locked" } },
      "did not read x: database is locked. Look at the log.",
    ],
    [
      { status: 404, body: { message: "Not Found" } },
      /answered with status 404, "Not Found", which is not what this API says\. Look at the proxy\./,
    ],
    [{ status: 404, body: "404 page not found" }, /status 404, "404 page not found", .*Look at the proxy\./],
    [{ status: 302, body: "<a href=/login>" }, /answered with status 302, a web page, .*Look at the proxy\./],
    [{ status: 502, body: "<title>Bad</title>" }, /status 502, a web page \("Bad"\)\. Check login_server\./],
  ])("that is refused with %j is an error that says where to look", async (answer, message) => {
    server.routes["GET /x"] = answer;
    const http = open();
    const error = http.refusal("read x", await http.send(get));
    expect(error).toMatchObject({ kind: "control-server", host: "web-1" });
    expect(error.message).toMatch(message);
  });

  it.each([
    ["<title>Sign in</title>", /expected: a web page \("Sign in"\), wrong at its root\. Look at the proxy\./],
    ['{"token":"canary","x":1}', /expected: JSON with the keys token, x, wrong at wanted\./],
  ])("answered by %j, of another shape, is told without its values", async (body, message) => {
    server.routes["GET /x"] = { body };
    const http = open();
    const answer = await http.send(get);
    const parse = () => http.parse(z.object({ wanted: z.string() }), answer);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/canary/);
  });

  it.each([
    ["a key", { bearer: KEY }],
    ["a body, which may hold one", { body: {} }],
  ])("never carries %s over plain http to another machine", async (_what, parts) => {
    await using elsewhere = await ApiServer.start({ "GET /x": {} }, "0.0.0.0");
    const http = open(undefined, `http://${hostname()}:${elsewhere.port}`);
    const error: unknown = await http
      .send({ method: "GET", path: "/x", ...parts })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "invalid-config", host: "web-1" });
    expect(String(error)).toMatch(/plain http .* in clear\. Give the server's address as https/);
    expect(elsewhere.calls).toEqual([]);
  });

  it("that nobody answers names the address, not the key", async () => {
    const http = open();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const error: unknown = await http.send({ ...get, path: `/${KEY}` }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(`web-1: control server: The API at ${url}: `);
    expect(String(error)).toMatch(/ECONNREFUSED.*Check login_server\./);
    expect(String(error)).not.toContain(KEY);
    server = await ApiServer.start();
  });

  it("ends when the run is cancelled, unless it cleans up", async () => {
    const cancelled = AbortSignal.abort(new Error("cancelled"));
    server.routes["GET /x"] = {};
    await expect(open(cancelled).send(get)).rejects.toThrow(/cancelled/);
    expect(await open(cancelled).send({ ...get, detached: true })).toMatchObject({ ok: true });
  });
});

describe("an address of an API", () => {
  it.each([
    ["https://headscale.example.com", false],
    ["http://127.0.0.1:8080", false],
    ["http://127.8.8.8", false],
    ["http://[::1]:8080", false],
    ["http://localhost", false],
    ["http://headscale.example.com", true],
    ["http://192.168.1.1", true],
    ["http://localhost.example.com", true],
    ["http://127.0.0.1.example.com", true],
    ["http://localhost@headscale.example.com", true],
    ["no URL", false],
  ])("%s: a key would go in clear: %j", (address, clear) => {
    expect(isInClear(address)).toBe(clear);
  });
});

it("an API far away is reached, though its name has an address that is dead", async () => {
  server.routes["GET /x"] = { body: "pong" };
  await using far = await farHost(server.port);
  const http = open(undefined, `http://${far.name}:${far.port}`);
  expect(await http.send({ method: "GET", path: "/x" })).toMatchObject({ status: 200, message: "pong" });
});
