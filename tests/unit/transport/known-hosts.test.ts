import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { utils } from "ssh2";
import { describe, expect, it } from "@jest/globals";
import { orderAlgorithms, parseHostKey } from "../../../transport/ssh/host-key";
import { findKnownKeys, knownHostsName } from "../../../transport/ssh/known-hosts";
import { makeHome } from "./support/home";
import { makeEcdsaKey, makeKey } from "./support/keys";

const key = makeKey().public;
const finds = (line: string, host: string, port = 22) =>
  findKnownKeys(line, knownHostsName(host, port)).length === 1;

describe("a line of known_hosts", () => {
  it.each([
    ["a name", "web-1", "web-1", 22, true],
    ["a name in capitals", "web-1", "WEB-1", 22, true],
    ["another name", "web-1", "web-2", 22, false],
    ["a list", "web-1,10.0.0.1", "10.0.0.1", 22, true],
    ["a port", "[web-1]:2222", "web-1", 2222, true],
    ["a port, where the host is at another", "[web-1]:2222", "web-1", 22, false],
    ["no port, where the host is at one", "web-1", "web-1", 2222, false],
    ["a star", "*.example.com", "web.example.com", 22, true],
    ["a star that matches nothing", "*.example.com", "example.com", 22, false],
    ["a question mark", "web-?", "web-1", 22, true],
    ["a question mark for two characters", "web-?", "web-12", 22, false],
    ["a dot that is no pattern", "10.0.0.1", "10x0y0z1", 22, false],
    ["a negation", "*.example.com,!db.example.com", "db.example.com", 22, false],
    ["a negation of others", "*.example.com,!db.example.com", "web.example.com", 22, true],
    ["an IPv6 address", "fe80::1", "fe80::1", 22, true],
  ])("names hosts by %s", (_name, patterns, host, port, expected) => {
    expect(finds(`${patterns} ${key} a comment`, host, port)).toBe(expected);
  });

  it("may be a comment, empty, or of a key type that cannot be checked", () => {
    const text = `# web-1 ${key}\n\n   \nweb-1\nweb-1 sk-ssh-ed25519@openssh.com AAAA\nweb-1 ssh-ed25519 AAAA\n\tweb-1  ${key}\r\n`;
    expect(findKnownKeys(text, "web-1")).toEqual([{ key, revoked: false, authority: false, line: 7 }]);
  });

  it("may revoke a key, or name the authority that signs it", () => {
    const text = `@cert-authority * ${key}\n@revoked web-1 ${key}\n`;
    expect(findKnownKeys(text, "web-1")).toEqual([
      { key, revoked: false, authority: true, line: 1 },
      { key, revoked: true, authority: false, line: 2 },
    ]);
  });

  (spawnSync("ssh-keygen", ["-?"]).error === undefined ? it : it.skip)(
    "may be hashed, as ssh-keygen -H does",
    () => {
      using home = makeHome();
      const file = home.write("known_hosts", `web-1 ${key}\n[web-1]:2222 ${key}\n`);
      spawnSync("ssh-keygen", ["-H", "-f", file]);
      const text = readFileSync(file, "utf8");
      expect(text).not.toContain("web-1");
      expect(findKnownKeys(text, "web-1").map(({ line }) => line)).toEqual([1]);
      expect(findKnownKeys(text, "[web-1]:2222").map(({ line }) => line)).toEqual([2]);
      expect(findKnownKeys(text, "web-2")).toEqual([]);
    },
  );

  it("can be anything without breaking the reader", () => {
    fc.assert(fc.property(fc.string(), (text) => void findKnownKeys(text, "web-1")));
  });
});

describe("a host key", () => {
  it("is what ssh2 can check too", () => {
    const rsa = utils.generateKeyPairSync("rsa", { bits: 2048 }).public;
    for (const text of [key, makeEcdsaKey().public, rsa]) {
      expect(utils.parseKey(text)).not.toBeInstanceOf(Error);
      expect(parseHostKey(text)).toBe(text.split(" ").slice(0, 2).join(" "));
    }
  });

  it("is whole, and of the type it says", () => {
    const [type, base64 = ""] = key.split(" ");
    for (const text of [
      "",
      type!,
      base64,
      `${type} ${base64.slice(0, 40)}`,
      `ssh-rsa ${base64}`,
      `${type} !!!!`,
      `${type} ${base64}AAAA`,
    ])
      expect(parseHostKey(text)).toBeUndefined();
  });

  it("is asked for by its type first, RSA with all its signatures", () => {
    expect(orderAlgorithms([]).slice(0, 2)).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256"]);
    expect(orderAlgorithms(["ssh-rsa AAAA"]).slice(0, 4)).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-rsa",
      "ssh-ed25519",
    ]);
    expect(orderAlgorithms(["ssh-dss AAAA"])[0]).toBe("ssh-dss");
    expect(orderAlgorithms(["ssh-rsa AAAA"])).toHaveLength(7);
  });
});
