import { describe, expect, it } from "@jest/globals";
import { clean, excerpt } from "../../excerpt";

describe("an excerpt of a foreign text", () => {
  it("is its first line, without blank ones and spaces around", () => {
    expect(excerpt("\n\n  plain words \nmore")).toBe("plain words");
  });

  it("is as many lines as wanted, from the start or the end", () => {
    expect(excerpt("a\n\nb\r\nc\n", { lines: 2 })).toBe("a; b");
    expect(excerpt("a\nb\rc\n", { lines: 2, from: "end" })).toBe("b; c");
  });

  it("says when it was cut, and never cuts a character in two", () => {
    expect(excerpt("x".repeat(200))).toBe("x".repeat(200));
    expect(excerpt("x".repeat(201))).toBe(`${"x".repeat(197)}...`);
    expect(excerpt("\u{1f600}".repeat(9), { max: 5 })).toBe("\u{1f600}\u{1f600}...");
  });

  it.each([
    ["at the cut", `${"x".repeat(190)} canary-0123456789`],
    ["taken apart by escapes", "bad key can\u001b[0mary-01\u00002345\u202e6789"],
  ])("holds no part of a secret %s", (_where, text) => {
    const told = excerpt(text, { secrets: ["canary-0123456789"] });
    expect(told).not.toMatch(/can|0123/);
  });
});

describe("a foreign text that is cleaned", () => {
  it.each([
    ["colours", "\u001b[1;31mred\u001b[0m", "red"],
    ["a colour in one character", "\u009b31mred", "red"],
    ["a window's title", "\u001b]0;owned\u0007words", "words"],
    ["a link", "\u001b]8;;https://evil.example\u001b\\words\u001b]8;;\u001b\\", "words"],
    ["a title in one character", "\u009d0;owned\u009cwords", "words"],
    ["a title without an end, up to the line's", "\u001b]0;owned\nwords", "\nwords"],
    ["a device's string", "\u001bPq#0\u001b\\words", "words"],
    ["a screen that is cleared", "\u001b[2J\u001b[Hwords\u001bc", "words"],
    ["another character set", "\u001b(0words", "words"],
    ["an escape at the end", "words\u001b", "words"],
    ["backspaces, bells and zeros", "wo\b\u0007\u0000rds\u007f", "words"],
    ["a change of direction", "wo\u202erd\u2066s\u200f\ufeff", "words"],
    ["tabs and other ends of lines", "a\tb\r\nc\rd\u2028e\u0085f", "a b\nc\nd\ne\nf"],
  ])("loses %s", (_what, text, cleaned) => {
    expect(clean(text)).toBe(cleaned);
  });

  it("keeps letters of all scripts", () => {
    const text = "größer 漢字 العربية \u{1f600}";
    expect(clean(text)).toBe(text);
  });
});
