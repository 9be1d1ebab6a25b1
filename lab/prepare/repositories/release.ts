/** One version of the client in every form in which it is handed out. Repositories hold further names of these files. */
import { link, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { mustRun } from "../../system/command";
import type { Signer } from "../signing";
import { type ToolName, TOOLS, toolFolder, toolPath, toolSource } from "../tools";
import { ARCHITECTURE, buildPackageConfig, type Format, MACHINE } from "./package-config";

export interface Release {
  readonly version: string;
  readonly deb: string;
  readonly rpm: string;
  readonly pacman: string;
  readonly tarball: string;
}

const downloaded = z.object({ Dir: z.string() });

/** Packs a built client into files of the folder `pool`, using `work` for what is in between. */
export async function packRelease(
  tool: ToolName,
  pool: string,
  work: string,
  signer: Signer,
): Promise<Release> {
  const { version } = TOOLS[tool];
  const at = (name: string) => join(pool, name);
  const release = {
    version,
    deb: at(`tailscale_${version}_${ARCHITECTURE}.deb`),
    rpm: at(`tailscale_${version}_${MACHINE}.rpm`),
    pacman: at(`tailscale-${version}-1-${MACHINE}.pkg.tar.zst`),
    tarball: at(`tailscale_${version}_${ARCHITECTURE}.tgz`),
  };
  await mkdir(pool, { recursive: true });
  const formats: readonly [Format, string][] = [
    ["deb", release.deb],
    ["rpm", release.rpm],
    ["archlinux", release.pacman],
  ];
  const parts = { built: toolFolder(tool), source: await findSource(tool), signingKey: signer.secretKeyFile };
  for (const [format, target] of formats) {
    const config = join(work, `${format}-${version}.yaml`);
    await writeFile(config, buildPackageConfig(format, version, parts));
    const options = ["--config", config, "--packager", format, "--target", target];
    await mustRun([toolPath("nfpm"), "package", ...options]);
  }
  await signer.signDetached(release.pacman, `${release.pacman}.sig`);
  await packTarball(tool, release.tarball, work);
  return release;
}

/** The client's source: in Go's cache, from where it was built, or fetched once more. */
async function findSource(tool: ToolName): Promise<string> {
  const download = ["go", "mod", "download", "-json", "tailscale.com"];
  const env = { ...process.env, GOWORK: "off" };
  return downloaded.parse(JSON.parse(await mustRun(download, { cwd: toolSource(tool), env }))).Dir;
}

/** The static tarball: one folder of its name, with the programs and systemd's files. */
async function packTarball(tool: ToolName, target: string, work: string): Promise<void> {
  const name = basename(target, ".tgz");
  const folder = join(work, name);
  await mkdir(join(folder, "systemd"), { recursive: true });
  for (const program of ["tailscaled", "tailscale"])
    await symlink(toolPath(tool, program), join(folder, program));
  for (const file of ["tailscaled.service", "tailscaled.defaults"])
    await symlink(toolPath(tool, file), join(folder, "systemd", file));
  // Go keeps sources read-only; the official tarball has the usual modes.
  const options = ["--dereference", "--owner=root:0", "--group=root:0", "--mode=u=rwX,go=rX"];
  await mustRun(["tar", ...options, "--create", "--gzip", "--file", target, "--directory", work, name]);
  await rm(folder, { recursive: true });
}

/** Gives files a further name in the folder: 20 MB each would add up if they were copied. */
export async function linkInto(folder: string, files: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await link(file, join(folder, basename(file)));
}
