import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openHttp } from "../../../providers/control-server/http";
import { ApiServer } from "../../support/api-server";

const KEY = "hskey-api-canary-0123456789";

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (signal = new AbortController().signal) =>
  openHttp({
    service: "The API",
    baseUrl: server.url,
    host: "web-1",
    signal,
    unreachableRemedy: "Check login_server.",
    secrets: new Set([KEY]),
  });
const get = { method: "GET", path: "/x", bearer: KEY } as const;

describe("a call of an API", () => {
  it.each([502, 503, 504, 429])("is repeated once after status %s", async (status) => {
    server.routes["GET /x"] = [{ status }, { body: { fine: true } }];
    expect(await open().send(get)).toMatchObject({ ok: true, value: { fine: true } });
    expect(server.calls).toHaveLength(2);
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

  it("does not follow a redirect with the key", async () => {
    await using elsewhere = await ApiServer.start({ "GET /y": {} });
    server.routes["GET /x"] = { status: 302, headers: { location: `${elsewhere.url}/y` } };
    expect(await open().send(get)).toMatchObject({ ok: false, status: 302 });
    expect(elsewhere.calls).toEqual([]);
  });

  it.each([
    ['{"message":"no"}', "no"],
    ["plain words\nmore", "plain words"],
    ["<html>a page</html>", "status 400"],
    ["", "status 400"],
    [`{"message":"bad key ${KEY}"}`, "bad key [redacted]"],
  ])("answered by %j says %j", async (body, message) => {
    server.routes["GET /x"] = { status: 400, body };
    expect(await open().send(get)).toMatchObject({ ok: false, message });
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
