/** The files and folders that the documentation names in code style, without a link, are in the tree. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PAGES, readPage, ROOT } from "../support/pages";

/** Pages for whoever reads the code: there a bare `facts.ts` or `guard/` is one of ours, too; elsewhere it may be the reader's own. */
const OF_THE_CODE = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

const SOURCE = /^[\w-]+(?:[./][\w-]+)*\.(?:ts|sh|mjs|cjs|json)$/;
const FOLDER = /^[\w-]+(?:\/[\w-]+)*\/$/;

/** Every path of the tree, folders with a slash at their end. */
function treeOf(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !["node_modules", "dist"].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [`${path}/`, ...treeOf(path)] : [path];
    });
}

const tree = treeOf();
const TOP = tree.filter((path) => /^[^/]+\/$/.test(path));

/** Pure: what stands in code style outside of snippets. */
function spansOf(page: string): string[] {
  return [...page.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
}

/** Pure: those of them that are paths of this package. */
function pathsOf(page: string, ofTheCode: boolean): string[] {
  return spansOf(page).filter((span) => {
    const isBelow = TOP.some((folder) => span.startsWith(folder)) && /^[\w./-]+$/.test(span);
    return isBelow || (ofTheCode && (SOURCE.test(span) || FOLDER.test(span)));
  });
}

/** By its end: the text around it says below which folder. */
const isThere = (path: string) =>
  [path, `${path}/`].some((end) => tree.some((each) => each === end || each.endsWith(`/${end}`)));

it("paths are found", () => {
  const page =
    "`mesh/gone.ts` `guard/` `npm test` `docs/guides`\n```\n`mesh/shown.ts`\n```\n`@a/b` `/etc/x.json`";
  expect(pathsOf(page, true)).toEqual(["mesh/gone.ts", "guard/", "docs/guides"]);
  expect(pathsOf(page, false)).toEqual(["mesh/gone.ts", "docs/guides"]);
  expect([
    isThere("mesh/host.ts"),
    isThere("guard/"),
    isThere("docs/guides"),
    isThere("mesh/gone.ts"),
  ]).toEqual([true, true, true, false]);
});

/** What the changelog tells of is what was. */
describe.each(PAGES.filter((path) => path !== "CHANGELOG.md"))("%s", (path) => {
  it("names files and folders that are there", () => {
    expect(pathsOf(readPage(path), OF_THE_CODE.includes(path)).filter((each) => !isThere(each))).toEqual([]);
  });
});
