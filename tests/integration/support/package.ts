/** The package as users get it: packed, and installed with its dependencies in an empty folder far from the sources. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { spawnAndRead } from "./stack";

const ROOT = join(__dirname, "../../..");
const FIXTURES = join(__dirname, "../fixtures");

export class Installation implements Disposable {
  private constructor(readonly folder: string) {}

  /** One install for all programs: each is a workspace, so that npm checks what its own package.json asks for. */
  static async create(): Promise<Installation> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-mesh-package-")));
    const tarball = await packInto(folder);
    cpSync(join(ROOT, "examples"), join(folder, "examples"), { recursive: true, filter: withoutModules });
    cpSync(join(FIXTURES, "third-party"), join(folder, "third-party"), { recursive: true });
    const dependencies = { "pulumi-mesh": `file:${tarball}`, "@pulumi/pulumi": sdkVersion() };
    const manifest = { private: true, workspaces: ["examples/*", "third-party"], dependencies };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    // No install scripts: the package must not need a compiled part of a dependency.
    await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
    return new Installation(folder);
  }

  /** The folder of a program: `examples/network`. */
  program(path: string): string {
    return join(this.folder, path);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Packs what the global setup has built; the name of the tarball. */
export async function packInto(folder: string): Promise<string> {
  const output = await npm(ROOT, "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const packed = z.tuple([z.object({ filename: z.string() })]);
  // npm's warnings come before the JSON.
  return packed.parse(JSON.parse(output.slice(output.indexOf("[\n"))))[0].filename;
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { code, output } = await spawnAndRead("npm", args, { cwd, env: process.env });
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${output}`);
  return output;
}

function sdkVersion(): string {
  const path = join(ROOT, "node_modules/@pulumi/pulumi/package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}

const withoutModules = (path: string) => !path.endsWith("node_modules");
