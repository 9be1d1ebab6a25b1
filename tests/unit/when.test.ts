/** The words that docs/guides/when.md shows are those that the product prints. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "@jest/globals";
import { extractSnippets, readPage, ROOT } from "../support/pages";

const PAGE = "docs/guides/when.md";
const quotes = extractSnippets(readPage(PAGE), PAGE, ["text"]).map(({ text, place }) => ({
  place,
  text: text.trim(),
}));

/** Pure. */
const byLength =
  <T>(length: (each: T) => number) =>
  (a: T, b: T) =>
    length(b) - length(a);

/** Errors as docs/errors.md has them, whole and without what to do; its own test compares them with the code. */
const errors = readPage("docs/errors.md")
  .split("\n")
  .flatMap((line) => {
    const [, kind = "", example = "", , remedy = ""] = line.split(/ *(?<!\\)\| */);
    return /^`[a-z-]+`$/.test(kind) ? [`${example.slice(1, -1)}. ${remedy}`, `${example.slice(1, -1)}.`] : [];
  })
  .sort(byLength(({ length }) => length));

/** Pure: the texts in a source as patterns, in which whatever is put in stands for anything. */
function patternsOf(source: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    const fixed = fixedParts(node);
    const parts = fixed.map((part) => part.replaceAll(/[^\w\s]/g, "\\$&"));
    if (fixed.join("").trim().length >= 20) found.push(new RegExp(parts.join(".*"), "g"));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest));
  return found;
}

function fixedParts(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [];
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
}

const sources = ["mesh", "providers", "transport"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
);
/** The longest first: a short one that begins or ends with anything would take parts of a longer one's. */
const patterns = sources.flatMap(patternsOf).sort(byLength(({ source }) => source.length));

/** What of the text nothing in the code says. */
function unsaid(text: string): string {
  const known = errors.find((error) => `${text}.`.startsWith(error)) ?? "";
  return patterns.reduce((left, pattern) => left.replaceAll(pattern, ""), text.slice(known.length)).trim();
}

it("words are found", () => {
  expect(quotes.length).toBeGreaterThan(8);
  expect(unsaid("web-1: name taken: somebody else was quicker")).not.toBe("");
});

it.each(quotes)("$place: $text", ({ text }) => {
  expect(unsaid(text)).toBe("");
});
