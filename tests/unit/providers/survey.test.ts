/** What the command line is told of a host: one exec, that changes nothing. */
import { describe, expect, it } from "@jest/globals";
import { createContext, get, type SurveyOptions } from "../../../providers";
import { hostScript } from "../../../providers/tailnet/scripts";
import { parseLinks } from "../../../providers/tailnet/survey/links";
import { findControlServer, findNetwork } from "../../../providers/tailnet/survey/network";
import { FakeHeadscale } from "../../support/fake-headscale";
import { fakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };

function survey(output: string, options: Partial<SurveyOptions> = {}, env = {}) {
  const session = fakeSession(output);
  const looked = get("headscale").survey!(createContext(session, { env }), {
    config,
    host: "web-1",
    ...options,
  });
  return { session, looked };
}

/** With what the survey prints before the probe. */
const before = (sections: Readonly<Record<string, string>>, parts: ProbeParts = {}) =>
  Object.entries(sections)
    .map(([name, text]) => `\n#:${name}\n${text}\n`)
    .join("") + probeOutput(parts);

const findingsOf = async (output: string, options: Partial<SurveyOptions> = {}) =>
  (await survey(output, { prerequisites: true, ...options }).looked).findings.map(
    ({ check, level, text }) => `${check} ${level}: ${text}`,
  );

describe("a survey", () => {
  it("asks nothing beside the probe unless it is told to", async () => {
    const { session, looked } = survey(probeOutput({ mark: "declaration=d-1\nlabel=urn:one\n" }));
    expect(await looked).toEqual({
      findings: [],
      links: [],
      holder: { id: "d-1", label: "urn:one" },
      routes: { advertised: [] },
    });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe"]);
  });

  it("looks at all that a join needs in one exec", async () => {
    const netcheck = JSON.stringify({ UDP: true, PreferredDERP: 9, RegionLatency: { 9: 12_300_000 } });
    const output = before({ control: "200\nreached", netcheck });
    const { session, looked } = survey(output, { prerequisites: true });
    expect((await looked).findings.map(({ check, level, text }) => `${check} ${level}: ${text}`)).toEqual([
      "system ok: Debian 12",
      "client ok: 1.102.0",
      "tun ok: /dev/net/tun",
      "clock unknown: the host does not tell its time",
      "ports ok: UDP, relay 9, 12 ms",
      "control ok: reached",
    ]);
    expect(session.calls).toEqual([
      { label: "survey", args: ["https://headscale.demo.lab"], stdin: undefined },
    ]);
  });

  it("tells the way that would install a client, or why there is none", async () => {
    const without = before({ control: "reached" }, { withoutClient: true });
    expect(await findingsOf(without)).toEqual(
      expect.arrayContaining([
        "client ok: by apt repository",
        "ports unknown: known once the client is installed",
      ]),
    );
    const nixos = before({}, { withoutClient: true, os: "ID=nixos\nNAME=NixOS\nPRETTY_NAME=NixOS" });
    expect(await findingsOf(nixos)).toContainEqual(
      expect.stringMatching(/^client fault: .*NixOS builds its system/),
    );
    const skip = { config: { ...config, install: { method: "skip" } } };
    expect(await findingsOf(without, skip)).toContain("client fault: the tailscale client is not on PATH");
  });

  it("finds a daemon that does not run, a clock that is wrong, a device that is missing", async () => {
    const time = String(Math.floor(Date.now() / 1000) - 3 * 24 * 60 * 60);
    const output = before({}, { active: "inactive", facts: { tun: "", time } });
    expect(await findingsOf(output)).toEqual(
      expect.arrayContaining([
        "client fault: tailscaled is not running",
        expect.stringMatching(/^tun warn: there is no \/dev\/net\/tun/),
        expect.stringMatching(/^clock fault: the host's clock is 3 days behind this machine's/),
      ]),
    );
  });

  it("asks the API which routes are approved, only of a node that offers some", async () => {
    await using fake = await FakeHeadscale.start({
      id: "7",
      givenName: "web-1",
      ...{ approvedRoutes: ["10.0.0.0/8"] },
    });
    const block = { ...config, login_server: fake.url, api_key_env: "KEY" };
    const options = { config: block };
    const routes = (parts: ProbeParts) => survey(probeOutput(parts), options, { KEY: "k" }).looked;
    expect((await routes({})).routes).toEqual({ advertised: [] });
    expect(fake.server.calls).toEqual([]);
    const offering = { prefs: { AdvertiseRoutes: ["10.1.0.0/16", "10.0.0.0/8"] } };
    expect((await routes(offering)).routes).toEqual({
      advertised: ["10.0.0.0/8", "10.1.0.0/16"],
      approved: ["10.0.0.0/8"],
    });
    expect((await survey(probeOutput(offering)).looked).routes).toEqual({
      advertised: ["10.0.0.0/8", "10.1.0.0/16"],
    });
  });
});

it("links are read from what `tailscale ping` says", () => {
  const text = [
    "100.64.0.2 pong from web-2 (100.64.0.2) via 203.0.113.9:41641 in 1ms",
    "db-1.demo.mesh pong from db-1 (100.64.0.3) via DERP(lab) in 1.5s",
    "100.64.0.4 pong from db-2 (100.64.0.4) via [2001:db8::1]:41641 in 0s",
    "100.64.0.5 pong from db-3 (100.64.0.5) via peer-relay(203.0.113.1:7777:vni:1) in 3ms",
    "100.64.0.6 no reply",
    "100.64.0.7 ",
    "",
  ].join("\n");
  expect(parseLinks(text)).toEqual([
    { to: "100.64.0.2", via: "direct", latencyMs: 1, detail: "203.0.113.9:41641" },
    { to: "db-1.demo.mesh", via: "relay", latencyMs: 1500, detail: "lab" },
    { to: "100.64.0.4", via: "direct", latencyMs: 0, detail: "[2001:db8::1]:41641" },
    { to: "100.64.0.5", via: "relay", latencyMs: 3, detail: "203.0.113.1:7777:vni:1" },
    { to: "100.64.0.6", via: "none", detail: "no reply" },
    { to: "100.64.0.7", via: "none", detail: "no answer" },
  ]);
});

it("links carry no terminal's commands of a hostile host", () => {
  expect(JSON.stringify(parseLinks("100.64.0.2 \u001b[31mred\u001b]0;title\u0007"))).toBe(
    '[{"to":"100.64.0.2","via":"none","detail":"red"}]',
  );
});

describe("the network", () => {
  const level = (report: object) => {
    const { level, text } = findNetwork(JSON.stringify(report));
    return `${level}: ${text}`;
  };

  it("is worse without UDP, and worst without any relay", () => {
    expect(level({ UDP: true, PreferredDERP: 0 })).toBe("warn: UDP gets out, but no relay (DERP) answers");
    expect(level({ UDP: false, PreferredDERP: 1, RegionLatency: { 1: 1e6 } })).toBe(
      "warn: no UDP gets out: links go through relays",
    );
    expect(level({ UDP: false })).toBe("fault: no UDP gets out, and no relay (DERP) answers");
    expect(findNetwork("no JSON")).toMatchObject({ level: "unknown" });
  });

  it("leads to the control server, whatever that answers; or the reason is quoted", () => {
    const find = (said: string | undefined) => findControlServer(said, "https://h.example.com");
    expect(find("404\nreached").level).toBe("ok");
    expect(find("no program").level).toBe("unknown");
    expect(find(undefined).level).toBe("unknown");
    expect(
      find("curl: (60) SSL certificate problem: unable to get local issuer certificate\n000"),
    ).toMatchObject({
      level: "fault",
      text: "the host does not reach https://h.example.com: curl: (60) SSL certificate problem: unable to get local issuer certificate",
    });
  });
});

it("the script takes no lock, and writes nowhere but to its own streams", () => {
  const body = hostScript("survey").slice(hostScript("survey").indexOf("reach() {")).replaceAll("'#>", "'");
  expect(body).not.toMatch(/^lock\b/m);
  expect(body.replaceAll(/2?>\/dev\/null|2>&1/g, "")).not.toContain(">");
});
