import { describe, expect, it } from "@jest/globals";
import { connectionSchema } from "../../../transport/schema";
import { UNKNOWN, validate } from "../../../validation";
import { makeKey } from "./support/keys";

const mistakes = (value: unknown) => {
  const result = validate(connectionSchema, value);
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("a connection", () => {
  it.each<[string, unknown]>([
    ["this machine", "local"],
    ["a host", { host: "203.0.113.7" }],
    [
      "all that @pulumi/command knows, and a key file",
      {
        host: "web-1",
        port: 2222,
        user: "admin",
        password: "p",
        privateKey: "k",
        privateKeyPath: "~/.ssh/id",
        privateKeyPassword: "p",
        agentSocketPath: "/run/agent",
        hostKey: makeKey().public,
        dialErrorLimit: -1,
        perDialTimeout: 0,
        proxy: { host: "jump", hostKey: makeKey().public },
      },
    ],
    ["values that are unknown at preview", { host: UNKNOWN, hostKey: UNKNOWN, port: UNKNOWN }],
  ])("may be %s, and stays as it is", (_name, value) => {
    expect(mistakes(value)).toEqual([]);
    expect(validate(connectionSchema, value)).toEqual({ ok: true, value });
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown key", { host: "a", usr: "admin" }, /usr.*user/],
    ["an unknown key of the jump host", { host: "a", proxy: { host: "b", proxy: {} } }, /^proxy.*: /],
    ["no host", { user: "admin" }, /^host: /],
    ["an empty host", { host: "" }, /^host: /],
    ["a port that is text", { host: "a", port: "22" }, /^port: /],
    ["a port out of range", { host: "a", port: 65_536 }, /^port: /],
    ["a broken port", { host: "a", port: 22.5 }, /^port: /],
    ["a host key that is none", { host: "a", hostKey: "SHA256:abc" }, /^hostKey: .*ssh-ed25519 AAAA/],
    [
      "a key's file in place of the key",
      { host: "a", privateKey: "~/.ssh/id_ed25519" },
      /^privateKey: is the path .*privateKeyPath/,
    ],
    [
      "a relative one",
      { host: "a", proxy: { host: "b", privateKey: "keys/deploy.pem" } },
      /^proxy.privateKey: is the path/,
    ],
    ["a limit below -1", { host: "a", dialErrorLimit: -2 }, /^dialErrorLimit: /],
    ["a negative time", { host: "a", perDialTimeout: -1 }, /^perDialTimeout: /],
    ["another word", "remote", /./],
  ])("is refused with its path: %s", (_name, value, pattern) => {
    expect(mistakes(value)).toEqual([expect.stringMatching(pattern)]);
  });

  it("never repeats a secret in a mistake", () => {
    expect(mistakes({ host: "a", password: 12345678 }).join()).not.toContain("12345678");
  });
});
