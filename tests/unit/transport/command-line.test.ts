import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "@jest/globals";
import { buildCommandLine } from "../../../transport/exec/command-line";
import { makeHome } from "./support/home";
import { shells, type Shell } from "./support/shells";

const home = makeHome();
afterAll(() => home[Symbol.dispose]());

/** What a shell makes of the command line: the arguments that a program gets, each ended by a NUL. */
function runThrough(
  { argv: [program, ...args] }: Shell,
  words: readonly string[],
  env?: Record<string, string>,
): string[] {
  const line = buildCommandLine(["printf", "%s\\0", ...words]);
  const { stdout, status } = spawnSync(program, [...args, line], {
    env: { PATH: "/usr/bin:/bin", HOME: home.path, ...env },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stdout.split("\0").slice(0, -1);
}

const word = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(..."'\"\\!$`\n\r\t ;&|<>(){}[]*?#~^=%-aé漢😀") }),
);
const words = fc.array(
  word.filter((text) => !text.includes("\0")),
  { minLength: 1, maxLength: 40 },
);

describe("a command line", () => {
  it("holds nothing that could end or escape a quoted word, in any shell", () => {
    fc.assert(
      fc.property(words, (argv) => {
        const line = buildCommandLine(argv);
        expect(line).toMatch(/^exec \/bin\/sh -c '[ -~]*'$/);
        expect(line.slice("exec /bin/sh -c '".length, -1)).not.toMatch(/['!]|\\[^0]/);
      }),
    );
  });

  it.each(shells)("brings any argument through $name untouched", (shell) => {
    fc.assert(
      fc.property(words, (argv) => {
        expect(runThrough(shell, argv)).toEqual(argv);
      }),
      { numRuns: 15 },
    );
  });

  it.each(shells)("brings 16,000 special characters through $name", (shell) => {
    const long = "'\"\n$`!\\é".repeat(2_000);
    expect(runThrough(shell, [long])).toEqual([long]);
  });

  it.each(shells)("survives $name in a locale of another charset", (shell) => {
    const argv = ["é'ß\\", "漢字'", "\u0081'", "ő|'"];
    for (const locale of ["de_DE.UTF-8", "zh_CN.GB18030", "ja_JP.SJIS", "C"])
      expect(runThrough(shell, argv, { LC_ALL: locale, LANG: locale })).toEqual(argv);
  });
});
