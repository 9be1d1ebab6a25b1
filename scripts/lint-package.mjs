// What publint and "Are the types wrong?" say of the package as it is published. Wants the sources built.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-lint-"));
try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    stdio: "ignore",
  });
  const [name] = readdirSync(folder);
  const tarball = join(folder, name);
  const tools = [
    ["publint", "run", tarball, "--strict"],
    ["attw", tarball, "--no-color", "--no-emoji", "--format", "ascii"],
  ];
  const failed = tools.filter(([tool, ...args]) => {
    const { status, stdout, stderr } = spawnSync(join("node_modules/.bin", tool), args, { encoding: "utf8" });
    if (status !== 0) console.log(`${tool}:\n${stdout}${stderr}`);
    return status !== 0;
  });
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
