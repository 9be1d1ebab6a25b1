/** A folder of a user's: files, the packed package, and a package manager that installs it from there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../support/pages";

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export class Folder implements Disposable {
  private constructor(readonly path: string) {}

  static create(files: Readonly<Record<string, string>> = {}): Folder {
    const folder = new Folder(realpathSync(mkdtempSync(join(tmpdir(), "pulumi-mesh-style-"))));
    folder.write(files);
    return folder;
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** Runs a program in a folder below, without what the test runner has set for itself. */
  run(below: string, program: string, ...args: readonly string[]): Ran {
    const { NODE_OPTIONS: _o, JEST_WORKER_ID: _w, NODE_ENV: _m, ...env } = process.env;
    const options = { cwd: join(this.path, below), env: { ...env, CI: "true" }, encoding: "utf8" } as const;
    const { status, stdout, stderr, error } = spawnSync(program, args, options);
    return { code: status, output: `${stdout}${stderr}${error?.message ?? ""}` };
  }

  must(below: string, program: string, ...args: readonly string[]): string {
    const { code, output } = this.run(below, program, ...args);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${output}`);
    return output;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Packs the sources as they are built; the path of the tarball. */
export function pack(folder: Folder): string {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder.path];
  const { status, stderr } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  return join(
    folder.path,
    readdirSync(folder.path).find((name) => name.endsWith(".tgz"))!,
  );
}
