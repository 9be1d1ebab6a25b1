import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { isError, isMeshError, MeshError, messageOf, redact } from "../../errors";
import { invalidConfig } from "../../validation";

const error = (message: string, host?: string) =>
  new MeshError({ kind: "key-missing", host, message, remedy: "Set HS_AUTHKEY." });

describe("MeshError", () => {
  it("of a configuration holds its mistakes as data, with paths as users write them", () => {
    const issues = [
      { path: ["db-1", "tags", 0], message: "wrong" },
      { path: ["web-1"], message: "missing" },
    ];
    expect(invalidConfig("hosts", issues)).toMatchObject({
      kind: "invalid-config",
      issues: [
        { path: "hosts.db-1.tags[0]", message: "wrong" },
        { path: "hosts.web-1", message: "missing" },
      ],
    });
    expect(error("x").issues).toEqual([]);
  });

  it("reads as host, kind, message and remedy", () => {
    expect(error("HS_AUTHKEY is not set", "plat-db-1").message).toBe(
      "plat-db-1: key missing: HS_AUTHKEY is not set. Set HS_AUTHKEY.",
    );
    expect(error("HS_AUTHKEY is not set").message).toBe(
      "key missing: HS_AUTHKEY is not set. Set HS_AUTHKEY.",
    );
  });

  it("adds no full stop after a question, and starts a new line after several", () => {
    expect(error("did you mean it?").message).toBe("key missing: did you mean it? Set HS_AUTHKEY.");
    expect(error("2 mistakes\n  - a\n  - b").message).toBe(
      "key missing: 2 mistakes\n  - a\n  - b\nSet HS_AUTHKEY.",
    );
  });

  it("keeps its parts apart for programs", () => {
    const cause = new Error("inner");
    const full = new MeshError({ kind: "timed-out", host: "a", message: "b", remedy: "C.", cause });
    expect(full).toMatchObject({
      name: "MeshError",
      kind: "timed-out",
      host: "a",
      detail: "b",
      remedy: "C.",
      cause,
    });
  });

  it("shows no cause when there is none", () => {
    expect(inspect(error("x"))).not.toContain("cause");
  });
});

/** As an error of Node is to a program under jest, where each test file has its own globals. */
const foreign = (text: string): unknown => runInNewContext(text);

describe("isError", () => {
  it("knows errors of any realm, and nothing else", () => {
    expect([new TypeError("a"), foreign("new TypeError('a')"), error("a")].map(isError)).toEqual([
      true,
      true,
      true,
    ]);
    expect([undefined, null, "a", { message: "a" }, () => 1].map(isError)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });
});

describe("isMeshError", () => {
  it("tells kinds apart", () => {
    expect(isMeshError(error("x"))).toBe(true);
    expect(isMeshError(error("x"), "key-missing")).toBe(true);
    expect(isMeshError(error("x"), "key-used")).toBe(false);
  });

  it("knows one of another copy of the package, and nothing else", () => {
    expect(
      isMeshError(Object.assign(new Error("x"), { name: "MeshError", kind: "key-used" }), "key-used"),
    ).toBe(true);
    expect(
      [new Error("x"), "MeshError", undefined, { name: "MeshError" }].some((other) => isMeshError(other)),
    ).toBe(false);
  });
});

describe("messageOf", () => {
  it("takes the message of an error of another realm", () => {
    expect(messageOf(foreign("new RangeError('too much')"))).toBe("too much");
  });

  it("takes anything that was thrown", () => {
    expect([messageOf(new Error("a")), messageOf("b"), messageOf(undefined)]).toEqual([
      "a",
      "b",
      "undefined",
    ]);
  });
});

describe("redact", () => {
  it("replaces every occurrence of every secret", () => {
    expect(redact("key=abcd, again abcd; pass=$&xy", ["abcd", "$&xy"])).toBe(
      "key=[redacted], again [redacted]; pass=[redacted]",
    );
  });

  it("takes the longest first, so that no tail of it stays", () => {
    expect(redact("secret-long", ["secret", "secret-long"])).toBe("[redacted]");
  });

  it("leaves the text alone for absent, blank and very short secrets", () => {
    expect(redact("a b c abc", [undefined, "", "    ", "abc"])).toBe("a b c abc");
  });
});
