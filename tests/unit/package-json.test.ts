/** package.json, and what the documentation says of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readPage, ROOT } from "../support/pages";

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  engines: { node: string };
  exports: Record<string, string>;
  typesVersions: { "*": Record<string, string[]> };
  repository: { url: string };
  homepage: string;
  bugs: { url: string };
};

describe("package.json", () => {
  it("wants the Node that the documentation names", () => {
    const [, oldest] = /^>=(\d+)$/.exec(manifest.engines.node) ?? [];
    expect(oldest).toMatch(/^\d+$/);
    for (const page of ["README.md", "docs/package.md"])
      expect([page, /Node (\d+) or newer/.exec(readPage(page))?.[1]]).toEqual([page, oldest]);
    expect(/programs that use the package need (\d+)/.exec(readPage("CONTRIBUTING.md"))?.[1]).toBe(oldest);
  });

  it("names one place for sources, mistakes and home", () => {
    const [, repository] = /^git\+(https:\/\/.*)\.git$/.exec(manifest.repository.url) ?? [];
    expect(manifest.homepage).toBe(`${repository}#readme`);
    expect(manifest.bugs.url).toBe(`${repository}/issues`);
  });

  it("has declarations for every export also where the compiler does not read `exports`", () => {
    const modules = Object.entries(manifest.exports).filter(
      ([name, path]) => name !== "." && path.endsWith(".js"),
    );
    expect(manifest.typesVersions["*"]).toEqual(
      Object.fromEntries(
        modules.map(([name, path]) => [name.slice("./".length), [path.replace(/\.js$/, ".d.ts")]]),
      ),
    );
  });
});
