// What shellcheck says of the shell scripts; .shellcheckrc says how they are read. Wants the sources built.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { installMissing } = createRequire(import.meta.url)("../dist/lab/prepare/packages.js");

const isThere = () => spawnSync("shellcheck", ["--version"]).status === 0;
await installMissing(async () => (isThere() ? [] : ["shellcheck"]), console.log);
if (!isThere()) {
  console.log(
    "this machine lacks shellcheck: install it with your package manager (apt-get install shellcheck)",
  );
  process.exit(1);
}

// Those that only hold functions are read where they are included.
const scripts = ["lab", "providers", "transport"]
  .flatMap((room) => readdirSync(room, { recursive: true }).map((name) => join(room, name)))
  .filter((path) => path.endsWith(".sh") && !path.includes("/lib/"));
process.exitCode = spawnSync("shellcheck", ["--check-sourced", ...scripts], { stdio: "inherit" }).status ?? 1;
