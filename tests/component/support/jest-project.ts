/** A user's project with jest as it is by default, ts-jest, and the packed package among its dependencies. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ROOT } from "../../support/pages";
import { build } from "./build";

const MODULES = join(ROOT, "node_modules");
const COMPILER = { target: "ES2022", module: "node16", strict: true, skipLibCheck: true };

/** Lays the project out in `folder`; nothing is downloaded, the dependencies are links to those here. */
export function layOut(folder: string, files: Readonly<Record<string, string>>): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(MODULES))
    if (name !== "pulumi-mesh") symlinkSync(join(MODULES, name), join(modules, name));
  unpack(folder, join(modules, "pulumi-mesh"));
  const own = {
    "package.json": JSON.stringify({ name: "program", private: true }),
    "tsconfig.json": JSON.stringify({ compilerOptions: { ...COMPILER, isolatedModules: true } }),
  };
  for (const [path, text] of Object.entries({ ...own, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The package as it is published, from sources that are built. */
function unpack(folder: string, target: string): void {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  build();
  const output = run("npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const [{ filename }] = z
    .tuple([z.object({ filename: z.string() })])
    .parse(JSON.parse(output.slice(output.indexOf("[\n"))));
  mkdirSync(target);
  run("tar", "-xzf", join(folder, filename), "-C", target, "--strip-components", "1");
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(z.object({ title: z.string(), status: z.string() })),
    }),
  ),
});

export interface JestRun {
  /** Titles of the tests, with `passed` or `failed`. */
  readonly tests: Readonly<Record<string, string>>;
  /** What it says of those that failed. */
  readonly messages: string;
}

/** Runs `npx jest`, without anything of the jest that runs this. */
export function runJest(folder: string): JestRun {
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, NODE_ENV: _mode, ...env } = process.env;
  const args = [join(MODULES, ".bin/jest"), "--json", "--runInBand"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  if (!stdout.startsWith("{")) throw new Error(`jest left no report: ${stderr}`);
  const { testResults } = reportSchema.parse(JSON.parse(stdout));
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    tests: Object.fromEntries(results.map(({ title, status }) => [title, status])),
    messages: testResults.map(({ message }) => message).join("\n"),
  };
}
