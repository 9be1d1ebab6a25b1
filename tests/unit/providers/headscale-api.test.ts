import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHeadscaleApi } from "../../../providers/headscale/api";
import { headscaleConfigSchema } from "../../../providers/headscale/config";

const KEY = "hskey-api-canary-0123456789";

describe("Headscale's API", () => {
  let server: Server;
  let answer: { status: number; body: string };
  let seen: { method: string; url: string; authorization: string | undefined; body: string }[];

  const read = async (request: IncomingMessage) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    return body;
  };

  beforeEach(async () => {
    seen = [];
    answer = { status: 200, body: "{}" };
    server = createServer((request, response) => {
      void read(request).then((body) => {
        seen.push({
          method: request.method!,
          url: request.url!,
          authorization: request.headers.authorization,
          body,
        });
        response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const open = (env: Record<string, string> = { HS_API: KEY }) => {
    const { port } = server.address() as AddressInfo;
    const config = headscaleConfigSchema.parse({
      login_server: `http://127.0.0.1:${port}`,
      tailnet_domain: "demo.mesh",
      api_key_env: "HS_API",
    });
    return openHeadscaleApi(config, { env, signal: new AbortController().signal }, "web-1");
  };

  it("is not used without a key", () => {
    expect(open({})).toBeUndefined();
    expect(open({ HS_API: "  " })).toBeUndefined();
  });

  it("sets tags with the key as bearer", async () => {
    await open()!.setTags("7", ["tag:a", "tag:b"]);
    expect(seen).toEqual([
      {
        method: "POST",
        url: "/api/v1/node/7/tags",
        authorization: `Bearer ${KEY}`,
        body: '{"tags":["tag:a","tag:b"]}',
      },
    ]);
  });

  it("renames and deletes by node id", async () => {
    await open()!.rename("7", "web-1");
    expect(await open()!.deleteNode("7")).toBe(true);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/v1/node/7/rename/web-1",
      "DELETE /api/v1/node/7",
    ]);
  });

  it("takes a node that is gone for deleted", async () => {
    answer = { status: 404, body: '{"code":5,"message":"node not found"}' };
    expect(await open()!.deleteNode("7")).toBe(false);
  });

  it.each([
    [400, "requested tags [tag:x] are invalid or not permitted", "tag-refused"],
    [401, "Unauthorized", "key-invalid"],
  ])("turns status %s into an error with a remedy", async (status, message, kind) => {
    answer = { status, body: JSON.stringify({ message }) };
    await expect(open()!.setTags("7", ["tag:x"])).rejects.toMatchObject({ kind, host: "web-1" });
  });

  it("says who holds the name", async () => {
    answer = { status: 500, body: '{"message":"node name is not unique: web-1"}' };
    await expect(open()!.rename("7", "web-1")).rejects.toThrow(
      /name taken: .*node name is not unique: web-1/,
    );
  });

  it("says that the server cannot be reached, without the key", async () => {
    const api = open()!;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const error: unknown = await api.deleteNode("7").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "control-server" });
    expect(String(error)).not.toContain(KEY);
    server.listen(0);
  });
});
