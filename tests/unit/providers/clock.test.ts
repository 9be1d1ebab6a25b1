/** What is said of a host whose clock differs from this machine's. */
import { describe, expect, it } from "@jest/globals";
import { blameClock, clockSkew, clockWarning } from "../../../providers/tailnet/probe/clock";
import { classifyLogin } from "../../../providers/tailnet/probe/classify";
import { parseFacts } from "../../../providers/tailnet/probe/facts";
import { installFailed } from "../../../providers/tailnet/install/errors";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { probeOutput } from "./probe-output";

const HERE = new Date("2026-11-25T15:47:18.400Z");
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** The facts of a host whose clock is so many seconds ahead. */
const facts = (ahead: number) => factsAt(String(Math.floor(HERE.getTime() / 1000) + ahead));
const factsAt = (time: string) =>
  parseFacts("web-1", parseSections(probeOutput({ facts: { time } }), ""), HERE);

describe("clocks", () => {
  it.each([
    [4 * 365 * DAY, "4 years ahead of this machine's (2030-11-24 15:47 there, 2026-11-25 15:47 here)"],
    [-60 * DAY, "60 days behind this machine's (2026-09-26 15:47 there, 2026-11-25 15:47 here)"],
    [26 * 60 * MINUTE, "26 hours ahead of this machine's (2026-11-26 17:47 there, 2026-11-25 15:47 here)"],
    [-11 * MINUTE, "11 minutes behind this machine's (2026-11-25 15:36 there, 2026-11-25 15:47 here)"],
  ])("that differ by %i s are told apart in a person's words", (ahead, words) => {
    expect(clockSkew(facts(ahead))?.replaceAll(" UTC", "")).toBe(`the host's clock is ${words}`);
  });

  it.each([0, 5 * MINUTE, -5 * MINUTE])("that differ by %i s are right enough", (ahead) => {
    expect(clockSkew(facts(ahead))).toBeUndefined();
    expect(clockWarning("web-1", facts(ahead))).toBeUndefined();
  });

  it("that a host does not show, or shows as nonsense, are not judged", () => {
    for (const time of ["", "%s", "12345678901", "-5"]) expect(clockSkew(factsAt(time))).toBeUndefined();
  });

  it("that begin at 1970, as without a battery, are behind by decades", () => {
    expect(clockWarning("web-1", factsAt("42"))).toMatch(
      /^web-1: the host's clock is 57 years behind this machine's \(1970-01-01 00:00 UTC there/,
    );
  });
});

const APT =
  "E: Failed to fetch https://pkgs.tailscale.com/stable/debian/dists/bookworm/InRelease  Certificate verification failed: The certificate is NOT trusted. The certificate chain uses not yet valid certificate.";
const X509 = `fetch control key: Get "https://headscale.demo.lab/key?v=125": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2030-11-24T15:53:24Z is after 2029-02-02T15:45:49Z`;
const install = (output: string) => installFailed("web-1", "apt repository", output, { method: "auto" });

describe("an error about what is valid when", () => {
  it.each([
    ["a repository's certificate", install(APT)],
    ["a signature", install("GPG error: https://pkgs.tailscale.com InRelease: EXPKEYSIG 458CA832957F5868")],
    ["the control server's certificate", classifyLogin("web-1", X509, [])],
  ])("keeps its kind and words and says first that the clock is wrong: %s", (_, error) => {
    const blamed = blameClock(error, facts(-60 * DAY));
    expect(blamed.kind).toBe(error.kind);
    expect(blamed.detail).toBe(`${error.detail}; ${clockSkew(facts(-60 * DAY))}`);
    expect(blamed.remedy).toMatch(/^Set the one that is wrong \(on the host `timedatectl set-ntp true`/);
    expect(blamed.remedy).toContain(error.remedy);
  });

  it("is left alone while the clocks agree", () => {
    const error = install(APT);
    expect(blameClock(error, facts(0))).toBe(error);
  });

  it.each([
    ["a key that the control server calls expired", classifyLogin("web-1", "authkey expired", [])],
    ["a full disk", install("E: You don't have enough free space in /var/cache/apt/archives/.")],
  ])("is not what this is, whatever the clock says: %s", (_, error) => {
    expect(blameClock(error, facts(4 * 365 * DAY))).toBe(error);
  });
});
