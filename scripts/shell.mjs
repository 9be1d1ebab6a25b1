// After the compiler: puts the shell scripts of the sources beside the compiled code, where shell-scripts.ts looks for them.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

for (const room of ["providers", "transport"]) {
  for (const file of scriptsIn(join("dist", room))) rmSync(file);
  for (const file of scriptsIn(room)) cpSync(file, join("dist", file));
}

function scriptsIn(folder) {
  const names = readdirSync(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".sh")).map((name) => join(folder, name));
}
