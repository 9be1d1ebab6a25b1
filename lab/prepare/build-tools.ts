/** Builds the tools that are not in the cache yet, one after the other, saying how far it is. */
import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { mustRun } from "../system/command";
import { makeFolder } from "../system/files";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { type Tool, type ToolName, TOOLS, toolFolder, toolSource } from "./tools";

/** A built tool's folder holds the hash of what it was built from under this name. */
const STAMP = ".built-from";

/** Builds whichever of `names` are missing. Another process that builds at the same time is waited for. */
export async function ensureTools(names: readonly ToolName[], log: Log): Promise<void> {
  if ((await missing(names)).length === 0) return;
  const onWait = () => log("waiting for another process that builds tools ...");
  await withLock(
    "tools",
    async () => {
      const todo = await missing(names);
      for (const [index, name] of todo.entries()) {
        const { program, version, minutes } = TOOLS[name];
        log(`building ${program} ${version} (${index + 1} of ${todo.length}), about ${minutes} min ...`);
        const started = Date.now();
        await buildTool(name);
        log(`built ${program} ${version} in ${Math.round((Date.now() - started) / 1000)} s`);
      }
    },
    { onWait, deadline: 60 * 60_000 },
  );
}

async function missing(names: readonly ToolName[]): Promise<ToolName[]> {
  const built = await Promise.all(names.map(isBuilt));
  return names.filter((_, i) => built[i] !== true);
}

async function isBuilt(name: ToolName): Promise<boolean> {
  const stamp = await readFile(join(toolFolder(name), STAMP), "utf8").catch(() => undefined);
  return stamp === (await toolRecipe(name));
}

/** Changes whenever the tool has to be built anew. */
export async function toolRecipe(name: ToolName): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([TOOLS[name], buildGoCommand(TOOLS[name], "")]));
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(toolSource(name), file)));
  return hash.digest("hex");
}

/** The arguments of `go` that build all programs which the go.mod in the current folder names as its tools. */
export function buildGoCommand(tool: Tool, folder: string): string[] {
  const flags = [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w ${tool.ldflags ?? ""}`.trim(),
  ];
  return ["go", "build", ...flags, "-o", `${folder}/`, "tool"];
}

async function buildTool(name: ToolName): Promise<void> {
  const tool: Tool = TOOLS[name];
  // Without cgo the programs run on hosts with any libc, and the machine needs no C compiler.
  const options = { cwd: toolSource(name), env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" } };
  await makeFolder(toolFolder(name), async (folder) => {
    await mustRun(buildGoCommand(tool, folder), { ...options, deadline: 45 * 60_000 });
    if (tool.extras !== undefined) {
      const list = ["go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", tool.extras.module];
      const source = (await mustRun(list, options)).trim();
      for (const file of tool.extras.files) await cp(join(source, file), join(folder, basename(file)));
    }
    await writeFile(join(folder, STAMP), await toolRecipe(name));
  });
}
