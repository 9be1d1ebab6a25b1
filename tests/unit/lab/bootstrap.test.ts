/** The script that compiles a clone again when a source has changed: the one that is in the tree. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
const SCRIPT = readFileSync(join(ROOT, "lab/bootstrap.sh"), "utf8");
const [CHANGED = ""] = /^changed_since\(\) \{[^]*?^\}$/m.exec(SCRIPT) ?? [];

/** What the script finds changed in a folder, since the Epoch or a file's time. */
function changedIn(folder: string, mark: string): readonly string[] {
  const { stdout, status } = spawnSync("sh", ["-c", `${CHANGED}\nchanged_since "$0"`, mark], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stdout.split("\n").filter(Boolean);
}

describe("a clone is compiled again", () => {
  const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  const mark = join(folder, "mark");
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  };

  it("after a change of any file that the compiler takes, in whatever folder", () => {
    writeFileSync(mark, "");
    utimesSync(mark, 0, 0);
    const found = new Set(changedIn(ROOT, mark).map((path) => relative(".", path)));
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
    const { fileNames } = ts.getParsedCommandLineOfConfigFile(join(ROOT, "tsconfig.build.json"), {}, host)!;
    const missing = fileNames.map((file) => relative(ROOT, file)).filter((file) => !found.has(file));
    expect(fileNames.length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
    for (const file of ["tsconfig.build.json", "tsconfig.json", "package.json"])
      expect(found).toContain(file);
  });

  it("after an edit below a folder that nobody has heard of, and not after one of the tests or of what was compiled", () => {
    utimesSync(mark, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    for (const path of [
      "new/deep/file.ts",
      "tests/unit/x.test.ts",
      "dist/a.d.ts",
      "node_modules/a/a.ts",
      "docs/a.md",
    ])
      write(path);
    expect(changedIn(folder, mark)).toEqual(["./new/deep/file.ts"]);
  });
});
