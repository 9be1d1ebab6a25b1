/** What a join needs: told of each host and of this machine, in order, with a remedy a fault. */
import { describe, expect, it } from "@jest/globals";
import { checkHere } from "../../../cli/doctor/access";
import { addressOf, CHECKS, findingsOf } from "../../../cli/doctor/checks";
import { examinationAsJson, formatExamination, isHealthy } from "../../../cli/doctor/print";
import { MeshError } from "../../../errors";
import type { Finding, Survey } from "../../../providers";
import { ApiServer } from "../../support/api-server";
import { FakeHeadscale } from "../../support/fake-headscale";
import { declared, look, outOfReach, screen, widest } from "./support";

const ok = (check: string, text: string): Finding => ({ check, level: "ok", text });
const survey: Survey = {
  findings: [
    ok("system", "Debian 12"),
    ok("client", "by apt repository"),
    { check: "tun", level: "warn", text: "there is no /dev/net/tun", remedy: "Load the module." },
    ok("ports", "UDP, relay 1"),
    { check: "clock", level: "fault", text: "3 days behind", remedy: "Set it." },
    ok("control", "reached"),
  ],
  links: [],
  routes: { advertised: [] },
};

const failed = (kind: ConstructorParameters<typeof MeshError>[0]["kind"], reached: boolean) =>
  look("db-1", {
    reached,
    survey: undefined,
    error: new MeshError({ kind, message: "no", remedy: "Mend it." }),
  });

const levels = (of: Parameters<typeof findingsOf>[0]) =>
  Object.fromEntries(findingsOf(of).map(({ check, level }) => [check, level]));

describe("a host", () => {
  it("has one finding a check, in the order in which a person would look", () => {
    expect(findingsOf(look("web-1", { survey })).map(({ check }) => check)).toEqual([...CHECKS]);
  });

  it("shows where it fails, and nothing is claimed of what comes after", () => {
    expect(levels(failed("authentication-failed", false))).toMatchObject({
      ssh: "fault",
      "host key": "unknown",
      sudo: "unknown",
    });
    expect(levels(failed("host-key-mismatch", false))).toMatchObject({
      ssh: "ok",
      "host key": "fault",
      sudo: "unknown",
    });
    expect(levels(failed("not-permitted", true))).toMatchObject({
      ssh: "ok",
      "host key": "ok",
      sudo: "fault",
      clock: "unknown",
    });
    expect(levels(failed("join-failed", true))).toMatchObject({
      ssh: "ok",
      sudo: "unknown",
      system: "fault",
    });
  });

  it("has an address", () => {
    expect(addressOf({ host: "h", port: 2222 })).toBe("h:2222");
    expect(addressOf({ host: "h", port: 22 })).toBe("h");
    expect(addressOf("local")).toBe("local");
  });
});

describe("the examination", () => {
  const here: Finding[] = [
    ok("API", "HS_APIKEY is accepted"),
    { check: "tags", level: "fault", text: "tag:x has no owner in the policy", remedy: "Add it." },
  ];
  const looks = [look("web-1", { survey }), outOfReach("web-2")];

  it("is all hosts side by side at 80 columns, then a remedy a fault", () => {
    const text = formatExamination({ from: "stack prod", here, looks }, screen());
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toBe(`2 of 2 hosts are not ready: web-1, web-2; not right here: tags; 1 warning
stack prod

here  API       ok   HS_APIKEY is accepted
      tags      FAIL tag:x has no owner in the policy

HOST  ADDRESS     SSH  KEY SUDO SYSTEM    CLIENT TUN  PORTS CLOCK CONTROL
web-1 203.0.113.8 ok   ok  ok   Debian 12 by apt warn ok    FAIL  ok
web-2 203.0.113.8 FAIL -   -    -         -      -    -     -     -

fault here
  tags: tag:x has no owner in the policy
  -> Add it.
fault web-1
  clock: 3 days behind
  -> Set it.
fault web-2
  ssh: no answer within 15 s
  -> See whether the host is up.
warning web-1
  tun: there is no /dev/net/tun
  -> Load the module.`);
  });

  it("is healthy with warnings, and with what could not be looked at", () => {
    const fine = look("web-1", {
      survey: { ...survey, findings: survey.findings.filter(({ level }) => level !== "fault") },
    });
    expect(isHealthy({ from: "", here: [], looks: [fine] })).toBe(true);
    expect(isHealthy({ from: "", here: [], looks })).toBe(false);
    expect(isHealthy({ from: "", here, looks: [fine] })).toBe(false);
  });

  it("as JSON has no secret of a connection", () => {
    const host = declared("web-1", { connection: { host: "203.0.113.8", password: "canary-1" } });
    const told = JSON.stringify(
      examinationAsJson({ from: "", here, looks: [look("web-1", { host, survey })] }),
    );
    expect(told).toContain("203.0.113.8");
    expect(told).not.toContain("canary");
  });
});

describe("this machine", () => {
  const block = (url: string) => ({
    login_server: url,
    tailnet_domain: "demo.mesh",
    api_key_env: "CLI_TEST_APIKEY",
  });
  const withKey = async <T>(work: () => Promise<T>): Promise<T> => {
    process.env["CLI_TEST_APIKEY"] = "canary-api-key";
    try {
      return await work();
    } finally {
      delete process.env["CLI_TEST_APIKEY"];
    }
  };
  const host = (url: string, more = {}) =>
    declared("web-1", { config: block(url), tags: ["tag:db", "tag:x"], ...more });

  it("is asked once for each network: a key that is accepted, its scopes, tags that the policy knows", async () => {
    await using fake = await FakeHeadscale.start({ id: "7", givenName: "web-1" });
    fake.server.routes["GET /api/v1/policy"] = {
      body: { policy: '{"tagOwners": {"tag:db": ["me@"],}, // so\n}' },
    };
    const findings = await withKey(() => checkHere([host(fake.url), host(fake.url)]));
    expect(findings.map(({ check, level, text }) => `${check} ${level}: ${text}`)).toEqual([
      "auth key ok: made for each login",
      "API ok: CLI_TEST_APIKEY is accepted; it lists 1 node",
      "scopes ok: an API key may do everything",
      "tags fault: tag:x has no owner in the policy",
    ]);
    expect(fake.acts).toEqual([]);
  });

  it("has no key: a fault when a host has to log in, and none when all have joined", async () => {
    const url = "http://127.0.0.1:1";
    const [key, api] = await checkHere([host(url, { nodeId: undefined })]);
    expect(key).toMatchObject({
      check: "auth key",
      level: "fault",
      text: expect.stringContaining("there is no auth key"),
    });
    expect(api).toMatchObject({ check: "API", level: "warn", text: "CLI_TEST_APIKEY is empty or not set" });
    expect((await checkHere([host(url)]))[0]).toMatchObject({ level: "ok" });
  });

  it("is looked at for the token of an identity, before anybody is asked", async () => {
    await using server = await ApiServer.start({
      "POST /api/v2/oauth/token-exchange": { body: { access_token: "tskey-api-canary" } },
      "GET /api/v2/tailnet/-/devices?fields=all": { body: { devices: [] } },
    });
    const identity = { client_id: "kID", token_env: "CLI_TEST_APIKEY" };
    const config = { tailnet_domain: "t.ts.net", api_url: server.url, workload_identity: identity };
    const joined = declared("web-1", { provider: "tailscale", config, tags: [] });
    const lines = async (host: typeof joined) =>
      (await checkHere([host])).map(({ check, level, text }) => `${check} ${level}: ${text}`);
    const missing = "there is no identity token for workload_identity: CLI_TEST_APIKEY is empty or not set";
    expect(await lines(joined)).toEqual([
      "auth key ok: none, and none is needed: all hosts have joined",
      `API warn: ${missing}`,
    ]);
    expect((await lines({ ...joined, nodeId: undefined }))[0]).toBe(`auth key fault: ${missing}`);
    expect(server.calls).toEqual([]);
    expect((await withKey(() => lines(joined))).slice(0, 2)).toEqual([
      "auth key ok: made for each login",
      "API ok: the identity token is accepted; it lists 0 nodes",
    ]);
  });

  it("has a key that is refused: a fault, without the key", async () => {
    await using fake = await FakeHeadscale.start();
    fake.server.routes["GET /api/v1/node"] = {
      status: 401,
      body: { message: "unauthorized canary-api-key" },
    };
    const findings = await withKey(() => checkHere([host(fake.url)]));
    expect(findings.find(({ check }) => check === "API")).toMatchObject({
      level: "fault",
      remedy: expect.any(String),
    });
    expect(JSON.stringify(findings)).not.toContain("canary");
  });
});
