/** The package mirror's files: a signed apt repository with the paths of the official one. Made once, shared by labs. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PACKAGES_NAME } from "../network/names";
import { mustRun } from "../system/command";
import { cacheDir, makeFolder } from "../system/files";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { toolRecipe } from "./build-tools";
import { ARCHITECTURE, buildPackageConfig, makeDeb } from "./deb";
import { withSigner } from "./signing";
import { CLIENT_TOOLS, TOOLS } from "./tools";

const SUITE = "bookworm";
/** To be raised when this file makes something else of the same packages. */
const REVISION = 2;

export interface Mirror {
  /** What is served as https://pkgs.tailscale.com/. */
  readonly root: string;
}

/** The line that makes apt use the repository, as the official file of that name has it. */
export function buildSourceList(): string {
  const keyring = "/usr/share/keyrings/tailscale-archive-keyring.gpg";
  const line = `deb [signed-by=${keyring}] https://${PACKAGES_NAME}/stable/debian ${SUITE} main`;
  return `# Tailscale packages for debian ${SUITE}\n${line}\n`;
}

/** Makes the mirror of both client versions unless it is there. */
export async function ensureMirror(log: Log): Promise<Mirror> {
  const hash = createHash("sha256").update(`${REVISION}${buildSourceList()}`);
  for (const tool of CLIENT_TOOLS)
    hash.update(await toolRecipe(tool)).update(buildPackageConfig(TOOLS[tool].version, ""));
  const folder = join(cacheDir(), `mirror-${hash.digest("hex").slice(0, 12)}`);
  const found = readMirror(folder);
  if (found !== undefined) return found;
  return withLock("mirror", async () => {
    if (readMirror(folder) === undefined) {
      log("making the package mirror ...");
      await makeFolder(folder, makeMirror);
    }
    return { root: join(folder, "public") };
  });
}

function readMirror(folder: string): Mirror | undefined {
  return existsSync(folder) ? { root: join(folder, "public") } : undefined;
}

async function makeMirror(folder: string): Promise<void> {
  const debian = join(folder, "public", "stable", "debian");
  const dist = join(debian, "dists", SUITE);
  const binary = join(dist, "main", `binary-${ARCHITECTURE}`);
  await mkdir(join(debian, "pool"), { recursive: true });
  await mkdir(binary, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), "lab-deb-"));
  try {
    for (const tool of CLIENT_TOOLS) await makeDeb(tool, work, join(debian, "pool"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const packages = await mustRun(["apt-ftparchive", "packages", "pool"], { cwd: debian });
  await writeFile(join(binary, "Packages"), packages);
  await writeFile(join(binary, "Packages.gz"), gzipSync(packages));
  const fields = { Origin: "Tailscale", Label: "Tailscale", Suite: SUITE, Codename: SUITE };
  const options = Object.entries({ ...fields, Architectures: ARCHITECTURE, Components: "main" });
  const flags = options.flatMap(([key, value]) => ["-o", `APT::FTPArchive::Release::${key}=${value}`]);
  await writeFile(join(dist, "Release"), await mustRun(["apt-ftparchive", ...flags, "release", dist]));
  await writeFile(join(debian, `${SUITE}.tailscale-keyring.list`), buildSourceList());
  await withSigner(async (signer) => {
    await signer.signRelease(join(dist, "Release"));
    await signer.exportKey(join(debian, `${SUITE}.noarmor.gpg`), false);
    await signer.exportKey(join(debian, `${SUITE}.gpg`), true);
  });
}
