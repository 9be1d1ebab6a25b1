// After the compiler: puts those declarations beside the code that a user's program can reach by `exports`, and no others.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the compiler leaves all of them (tsconfig.build.json). */
const ALL = "dist/.types";
const { exports: entries } = JSON.parse(readFileSync("package.json", "utf8"));

const reached = new Set();
const open = Object.values(entries)
  .filter((path) => path.endsWith(".js"))
  .map((path) => path.replace("./dist/", "").replace(/\.js$/, ".d.ts"));
for (let file = open.pop(); file !== undefined; file = open.pop()) {
  if (reached.has(file)) continue;
  reached.add(file);
  const text = readFileSync(join(ALL, file), "utf8");
  for (const [, name] of text.matchAll(/\b(?:from|import) ?\(?"(\.[^"]*)"/g))
    open.push(find(join(dirname(file), name.replace(/\.js$/, ""))));
}

for (const name of readdirSync("dist", { recursive: true }))
  if (name.endsWith(".d.ts") && !name.startsWith(".types")) rmSync(join("dist", name));
for (const file of reached) copyFileSync(join(ALL, file), join("dist", file));

/** The declarations of a module, as `require` would find it. */
function find(path) {
  return existsSync(join(ALL, `${path}.d.ts`)) ? `${path}.d.ts` : join(path, "index.d.ts");
}
