/** What a host can declare to serve, and what is said of what it cannot. */
import { describe, expect, it } from "@jest/globals";
import { toServed } from "../../serve";
import { serveSchema } from "../../serve-schema";
import { UNKNOWN, validate } from "../../validation";

const mistakes = (value: unknown) => {
  const result = validate(serveSchema, value);
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};
const web = "http://127.0.0.1:3000";
const tcp = "tcp://127.0.0.1:5432";

describe("a served port", () => {
  it.each([
    [{ port: 443, to: web }, "https", 443],
    [{ https: 8443, to: web }, "https", 8443],
    [{ http: 80, to: web }, "http", 80],
    [{ tcp: 5432, to: tcp }, "tcp", 5432],
    [{ tls: 993, to: tcp }, "tls", 993],
  ])("%j speaks %s", (given, protocol, port) => {
    expect(mistakes([given])).toEqual([]);
    expect(toServed(given)).toEqual({ protocol, port, to: given.to, funnel: false });
  });

  it.each([
    "http://localhost:3000/app",
    "https+insecure://10.0.0.5:8443",
    "https://intern.example.com",
    "http://localhost:80",
  ])("leads to %s", (to) => {
    expect(mistakes([{ http: 80, to }])).toEqual([]);
  });

  it.each([
    ["without a port", [{ to: web }], "0: expected exactly one of port, https, http, tcp, tls, got none"],
    [
      "with two",
      [{ port: 443, http: 80, to: web }],
      "0: expected exactly one of port, https, http, tcp, tls, got port and http",
    ],
    [
      "twice",
      [
        { http: 80, to: web },
        { tcp: 80, to: tcp },
      ],
      "1: port 80 is served already",
    ],
    ["of a number that is none", [{ http: 70_000, to: web }], "0.http: "],
    ["by another key", [{ http: 80, too: web, to: web }], "0: unknown key"],
    [
      "that leads to what is spoken otherwise",
      [{ tcp: 80, to: web }],
      "0.to: must be an address with what is spoken there, as tcp://127.0.0.1:5432",
    ],
    [
      "that leads to a port alone",
      [{ http: 80, to: "3000" }],
      "0.to: must be an address with what is spoken there, as http://127.0.0.1:3000",
    ],
    [
      "that leads to localhost",
      [{ http: 80, to: "http://localhost/" }],
      "0.to: must name a port of localhost",
    ],
    ["beyond the last port", [{ http: 80, to: "http://10.0.0.1:99999" }], "0.to: names a port beyond 65535"],
    ["that leads to an IPv6 address", [{ tcp: 80, to: "tcp://[::1]:80" }], "0.to: must name an IPv4 address"],
    [
      "open to the internet without TLS",
      [{ http: 80, to: web, funnel: true }],
      "0.funnel: goes with https and tls only",
    ],
  ])("%s is an error", (_what, given, message) => {
    expect(mistakes(given).join("\n")).toContain(message);
  });

  it("is not quoted where it holds a password", () => {
    const [message] = mistakes([{ http: 80, to: "http://app:canary@127.0.0.1:3000" }]);
    expect(message).toContain("must hold no user and no password");
    expect(message).not.toContain("canary");
  });

  it("may be known later", () => {
    expect(mistakes([{ http: 80, to: UNKNOWN }])).toEqual([]);
    expect(mistakes(UNKNOWN)).toEqual([]);
  });
});
