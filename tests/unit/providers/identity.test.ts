/** Workload identity: OIDC tokens of an issuer of the tests' own, whose signatures a token server of the tests' own checks. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { openTailscaleApi } from "../../../providers/tailscale/api";
import { tailscaleConfigSchema } from "../../../providers/tailscale/config";
import { ApiServer, type Answer } from "../../support/api-server";
import { AUDIENCE, CLIENT, exchange, EXCHANGE, KEYS, sign, stranger } from "../../support/issuer";
import { temporaryFolder } from "../../support/temporary-folder";

const GITHUB = `GET /token?job=1&audience=${encodeURIComponent(AUDIENCE)}`;

async function mint(identity: object, env: Record<string, string>, github?: Answer, tags = ["tag:app"]) {
  const server = await ApiServer.start({
    [EXCHANGE]: exchange,
    [KEYS]: { body: { id: "k", key: "tskey-auth-made" } },
    ...(github === undefined ? {} : { [GITHUB]: github }),
  });
  const config = tailscaleConfigSchema.parse({
    tailnet_domain: "t.ts.net",
    api_url: server.url,
    workload_identity: { client_id: CLIENT, ...identity },
  });
  const all = { ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?job=1`, ...env };
  const api = openTailscaleApi(config, { env: all, signal: new AbortController().signal }, "web-1")!;
  const result: unknown = await api.mintKey({ host: "web-1", tags }).catch((error: unknown) => error);
  await server[Symbol.asyncDispose]();
  return { result, calls: server.calls, seen: server.seen };
}

describe("a token that the issuer signed is exchanged, and a key made with what comes of it", () => {
  it("from the variable that the configuration names", async () => {
    const { result, calls, seen } = await mint({ token_env: "OIDC" }, { OIDC: sign({}) });
    expect(result).toMatchObject({ key: "tskey-auth-made" });
    expect(calls).toEqual([EXCHANGE, KEYS]);
    expect(seen[1]!.authorization).toBe("Bearer tskey-api-canary");
  });

  it("from a file", async () => {
    const file = join(temporaryFolder("identity"), "token");
    writeFileSync(file, `${sign({})}\n`);
    expect((await mint({ token_file: file }, {})).result).toMatchObject({ key: "tskey-auth-made" });
  });

  it("from GitHub Actions, asked for the right audience with the job's own token", async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job-canary" };
    const { result, calls, seen } = await mint({}, env, { body: { value: sign({}) } });
    expect(result).toMatchObject({ key: "tskey-auth-made" });
    expect(calls).toEqual([GITHUB, EXCHANGE, KEYS]);
    expect(seen[0]!.authorization).toBe("Bearer job-canary");
  });
});

it("a token is exchanged for the others, too, when the run of the one who asked first is cancelled", async () => {
  await using server = await ApiServer.start({
    [GITHUB]: { body: { value: sign({}) } },
    [EXCHANGE]: exchange,
    [KEYS]: { body: { id: "k", key: "tskey-auth-made" } },
  });
  server.delayMs = 30;
  const config = tailscaleConfigSchema.parse({
    tailnet_domain: "t.ts.net",
    api_url: server.url,
    workload_identity: { client_id: CLIENT },
  });
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?job=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer",
  };
  const run = new AbortController();
  const keyFor = (host: string, signal: AbortSignal) =>
    openTailscaleApi(config, { env, signal }, host)!.mintKey({ host, tags: ["tag:app"] });
  const first = keyFor("web-1", run.signal);
  const second = keyFor("web-2", new AbortController().signal);
  run.abort();
  await first.catch(() => undefined);
  expect((await second).key).toBe("tskey-auth-made");
  expect(server.calls.filter((call) => call !== KEYS)).toEqual([GITHUB, EXCHANGE]);
});

describe("a token is refused", () => {
  it.each([
    ["of another issuer", sign({}, stranger), "the signature is not the issuer's"],
    ["for another audience", sign({ aud: "somebody" }), "wrong audience"],
    ["that has expired", sign({ exp: 1 }), "the token has expired"],
  ])("%s, in the server's words, and never shown", async (_what, token, words) => {
    const { result, calls } = await mint({ token_env: "OIDC" }, { OIDC: token });
    expect(result).toMatchObject({ kind: "key-invalid", message: expect.stringContaining(words) });
    expect(String(result)).not.toContain(token.split(".")[2]);
    expect(calls).toEqual([EXCHANGE]);
  });
});

it.each([
  [{ token_env: "OIDC" }, "OIDC is empty or not set"],
  [{ token_file: "/nowhere/token" }, "/nowhere/token cannot be read"],
  [{}, "no job of GitHub Actions"],
])("without a token nobody is asked: %j", async (identity, words) => {
  const { result, calls } = await mint(identity, {});
  expect(result).toMatchObject({ kind: "key-missing", message: expect.stringContaining(words) });
  expect(calls).toEqual([]);
});

it("a host without tags is refused, as for an OAuth client", async () => {
  const { result } = await mint({ token_env: "OIDC" }, { OIDC: sign({}) }, undefined, []);
  expect(result).toMatchObject({ kind: "invalid-config" });
});

it("goes with no other access to the API", () => {
  const block = { tailnet_domain: "t.ts.net", api_key_env: "API", workload_identity: { client_id: CLIENT } };
  expect(tailscaleConfigSchema.safeParse(block).error?.issues[0]?.message).toMatch(
    /goes against api_key_env/,
  );
});

it("no credentials go in clear: an api_url of plain http is for this machine alone", () => {
  const block = { tailnet_domain: "demo.ts.net", api_key_env: "API" };
  const parse = (api_url: string) => tailscaleConfigSchema.safeParse({ ...block, api_url }).success;
  expect(parse("http://headscale.example.com")).toBe(false);
  expect(parse("http://127.0.0.1:8080")).toBe(true);
  expect(parse("https://headscale.example.com")).toBe(true);
});
