import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { show } from "../../../lab/demo/show";
import { projectRoot } from "../../../lab/system/files";
import { temporaryFolder } from "../../support/temporary-folder";

it("the demo's programs run in the project's folder, wherever it was started", async () => {
  const elsewhere = temporaryFolder("demo");
  const file = join(elsewhere, "cwd");
  const before = process.cwd();
  process.chdir(elsewhere);
  try {
    const text = `require("node:fs").writeFileSync(${JSON.stringify(file)}, process.cwd())`;
    await show([process.execPath, "-e", text], process.env);
  } finally {
    process.chdir(before);
  }
  expect(readFileSync(file, "utf8")).toBe(projectRoot());
  await expect(show([process.execPath, "-e", "process.exit(3)"], process.env)).rejects.toThrow(
    /ended with 3/,
  );
});
