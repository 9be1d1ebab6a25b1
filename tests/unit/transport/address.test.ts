import { describe, expect, it } from "@jest/globals";
import { connectionSchema } from "../../../transport/schema";
import { explainAddress } from "../../../transport/address";
import { validate } from "../../../validation";

describe("the host of a connection", () => {
  it.each([
    "web-1",
    "web_1",
    "web-1.example.com.",
    "203.0.113.7",
    "2001:db8::7",
    "fe80::1%eth0",
    "xn--bcher-kva.example",
  ])("may be %s", (host) => expect(explainAddress(host)).toBeUndefined());

  it.each([
    ["[2001:db8::7]", 'is more than an address; write host: "2001:db8::7"'],
    ["[2001:db8::7]:2222", 'is more than an address; write host: "2001:db8::7", port: 2222'],
    ["admin@web-1", 'is more than an address; write host: "web-1", user: "admin"'],
    ["web-1:2222", 'is more than an address; write host: "web-1", port: 2222'],
    ["admin@web-1:2222", 'is more than an address; write host: "web-1", port: 2222, user: "admin"'],
    ["ssh://admin@web-1:2222/", 'is more than an address; write host: "web-1", port: 2222, user: "admin"'],
    ["https://web-1", 'is more than an address; write host: "web-1"'],
    ["web-1\n", 'has white space around it; write host: "web-1"'],
    ["web-1\nweb-2", "is not an address; write a name or an IP address"],
    ["-oProxyCommand=reboot", "is not an address; write a name or an IP address"],
    ["  ", "is empty; write a name or an IP address"],
  ])("is not %j, and the right form is told", (host, message) => {
    expect(explainAddress(host)).toBe(message);
    expect(validate(connectionSchema, { host })).toEqual({
      ok: false,
      issues: [{ path: ["host"], message }],
    });
    expect(validate(connectionSchema, { host: "web-1", proxy: { host } })).toMatchObject({
      issues: [{ path: ["proxy", "host"], message }],
    });
  });

  it("never repeats a password that stands in a URL", () => {
    expect(explainAddress("ssh://admin:hunter22@web-1")).toBe(
      'is more than an address; write host: "web-1", user: "admin"',
    );
  });
});
