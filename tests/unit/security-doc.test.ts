/** docs/security.md claims nothing without a test: each one that it names is in the tree, under that name. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readPage, ROOT } from "../support/pages";

const PAGE = "docs/security.md";
const page = readPage(PAGE);

interface Named {
  readonly name: string;
  readonly file: string;
}

/** Pure: the tests that a text links to, by their names. */
function testsOf(text: string): Named[] {
  const links = [...text.matchAll(/\[([^\]]+)\]\(\.\.\/(tests\/[^)#]+)\)/g)];
  return links.map(([, name = "", file = ""]) => ({ name: name.replaceAll(/\s+/g, " "), file }));
}

/** Pure: the list items below the lines `can` and `cannot`. */
function claimsOf(text: string, which: "can" | "cannot"): string[] {
  return [...text.matchAll(new RegExp(`^${which}\\n((?:-[^]*?\\n)+?)(?=\\n)`, "gm"))].flatMap(
    ([, list = ""]) => list.split(/^- /m).filter(Boolean),
  );
}

const named = testsOf(page);

it("the tests and claims of a page are found", () => {
  const sample = "can\n- a ([one\n  two](../tests/unit/a.test.ts));\n\ncannot\n- b;\n- c\n  d.\n\nmore";
  expect(testsOf(sample)).toEqual([{ name: "one two", file: "tests/unit/a.test.ts" }]);
  expect(claimsOf(sample, "cannot")).toEqual(["b;\n", "c\n  d.\n"]);
});

describe(PAGE, () => {
  it.each(named)("names a test that is there: $name ($file)", ({ name, file }) => {
    const path = join(ROOT, file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8").replaceAll("\\'", "'")).toContain(name);
  });

  it("names one for each thing that somebody cannot do", () => {
    const claims = claimsOf(page, "cannot");
    expect(claims.length).toBeGreaterThanOrEqual(10);
    expect(claims.filter((claim) => testsOf(claim).length === 0)).toEqual([]);
  });

  it("is linked from the README", () => {
    expect(readPage("README.md")).toContain("](docs/security.md)");
  });
});
