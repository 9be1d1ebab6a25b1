/** What the documentation points at is there: files, headings, and the commands of package.json. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PAGES, readPage, ROOT } from "../support/pages";

/** Pure: the targets of a page's links and images that lie in the repository. */
function localLinks(page: string): string[] {
  const targets = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Pure: the anchors that a page's headings get. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

/** Pure: the scripts that a page tells its reader to run; `npm test` is one too. */
function commandsOf(page: string): string[] {
  const runs = [...page.matchAll(/npm run (?:-\S+ )*([\w:]+)/g)].map(([, name = ""]) => name);
  return /npm test\b/.test(page) ? [...runs, "test"] : runs;
}

function isThere(target: string, page: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(readPage(file)).includes(anchor);
}

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

it("links and commands are found", () => {
  expect(localLinks("[a](b.md) [c](https://example.com) ![d](e.png)\n[f](#g)")).toEqual([
    "b.md",
    "e.png",
    "#g",
  ]);
  expect(anchorsOf("# A `b`, c\n\n## D-e\n")).toEqual(["a-b-c", "d-e"]);
  expect(commandsOf("`npm run lab -- up`, npm run -s lab -- env; npm run test:unit, npm test")).toEqual([
    "lab",
    "lab",
    "test:unit",
    "test",
  ]);
  expect(PAGES).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/configuration.md"]));
});

it("docs/README.md names every page of the documentation", () => {
  const named = localLinks(readPage("docs/README.md")).map((target) => join("docs", target));
  const pages = PAGES.filter((path) => path.startsWith("docs/") && path !== "docs/README.md");
  expect(pages.filter((path) => !named.includes(path))).toEqual([]);
});

/** npm shows the README with its links led into the repository; in `node_modules` and elsewhere they lead to the package's own files. */
it("the pages of the published package lead to what is in it, and to tests, which are in the repository", () => {
  const packed = packedFiles();
  const pages = PAGES.filter((path) => packed.includes(path));
  expect(pages).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", "docs/guides/when.md"]));
  const lost = pages.flatMap((path) =>
    localLinks(readPage(path))
      .map((target) => join(dirname(path), target.split("#")[0]!))
      .filter((target) => !target.startsWith("tests/") && !target.startsWith("#"))
      .filter((target) => !packed.some((file) => file === target || file.startsWith(join(target, "/"))))
      .map((target) => `${path}: ${target}`),
  );
  expect(lost).toEqual([]);
});

/** What `npm pack` would take, by package.json. */
function packedFiles(): string[] {
  const args = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const { stdout } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8" });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

describe.each(PAGES)("%s", (path) => {
  const page = readPage(path);

  it("links to what exists", () => {
    expect(localLinks(page).filter((target) => !isThere(target, path))).toEqual([]);
  });

  it("names commands that exist", () => {
    expect(commandsOf(page).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
