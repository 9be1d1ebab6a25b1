/** A home folder for one test: SSH files, start files of shells, programs for PATH. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Home extends Disposable {
  readonly path: string;
  /** A path inside. */
  at(name: string): string;
  write(name: string, content: string): string;
  /** A shell script in `bin`, which `env` has first in PATH. */
  program(name: string, script: string): string;
  /** Nothing of this machine's user: no agent, no SSH files. */
  readonly env: Record<string, string>;
}

export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), "transport-"));
  const at = (name: string) => join(path, name);
  const write = (name: string, content: string) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  return {
    path,
    at,
    write,
    program(name, script) {
      const file = write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    env: { HOME: path, PATH: `${at("bin")}:/usr/bin:/bin` },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
