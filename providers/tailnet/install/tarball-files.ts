/** The tarballs of `install.path` on this machine: found by their official names, read, and checked. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import semver from "semver";
import { messageOf } from "../../../errors";
import type { InstallSettings } from "./way";

export interface TarballFile {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

const NAME = /^tailscale_(\d+\.\d+\.\d+)_([a-z0-9]+)\.tgz$/;

/** Pure: undefined for a file that is not named as the official ones are (`tailscale_1.102.0_amd64.tgz`). */
export function parseTarballName(path: string): TarballFile | undefined {
  const name = basename(path);
  const [, version, arch] = NAME.exec(name) ?? [];
  return version === undefined || arch === undefined ? undefined : { path, name, version, arch };
}

type Found<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly reason: string };

/** The tarball, or those of the folder, newest first; or why there is none. */
export function findTarballs(path: string): Found<{ readonly files: readonly TarballFile[] }> {
  const at = resolve(path);
  try {
    const isFolder = statSync(at).isDirectory();
    const files = isFolder ? readdirSync(at).map((name) => join(at, name)) : [at];
    const found = files.map(parseTarballName).filter((file) => file !== undefined);
    if (found.length > 0)
      return { ok: true, files: found.sort((a, b) => semver.rcompare(a.version, b.version)) };
    const what = isFolder ? "holds no file that is named" : "is not named";
    return {
      ok: false,
      reason: `install.path ${path} ${what} as the official tarballs are (tailscale_1.102.0_amd64.tgz)`,
    };
  } catch (error) {
    return { ok: false, reason: `install.path ${path} cannot be read: ${messageOf(error)}` };
  }
}

/** The bytes and their sha256; or why not, when they are not what the .sha256 file beside them says, too. */
export function readTarball({ path, name }: TarballFile): Found<{ bytes: Buffer; sha256: string }> {
  try {
    const bytes = readFileSync(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const expected = existsSync(`${path}.sha256`)
      ? readFileSync(`${path}.sha256`, "utf8").trim().slice(0, 64).toLowerCase()
      : sha256;
    if (expected === sha256) return { ok: true, bytes, sha256 };
    return { ok: false, reason: `${name} has the sha256 ${sha256}, ${name}.sha256 says ${expected}` };
  } catch (error) {
    return { ok: false, reason: `install.path cannot be read: ${messageOf(error)}` };
  }
}

/** What is wrong with files on this machine that `install` names, a sentence each; for errors at preview. */
export function checkInstall({ method, path }: Pick<InstallSettings, "method" | "path">): string[] {
  if (method !== "push" || path === undefined) return [];
  const found = findTarballs(path);
  return found.ok ? [] : [found.reason];
}
