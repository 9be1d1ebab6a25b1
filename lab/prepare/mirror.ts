/** The package mirror's files: signed repositories with the paths of the official ones. Made once, shared by labs. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir, makeFolder } from "../system/files";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { toolRecipe } from "./build-tools";
import { buildSourceList, DISTRIBUTIONS, makeAptRepository } from "./repositories/apt";
import { packKeyring } from "./repositories/keyring";
import { buildPackageConfig, type Format } from "./repositories/package-config";
import { makePacmanRepository } from "./repositories/pacman";
import { packRelease, type Release } from "./repositories/release";
import { buildRepoFile, makeRpmRepository, RPM_FOLDERS } from "./repositories/rpm";
import { makeTarballs } from "./repositories/tarballs";
import { type Signer, withSigner } from "./signing";
import { CLIENT_TOOLS, type Clients, TOOLS } from "./tools";

/** To be raised when the same packages are made into something else than before. */
const REVISION = 4;

export interface Mirror {
  /** What is served as https://pkgs.tailscale.com/, and to Arch as its mirror. */
  readonly root: string;
  /** The armored public key that everything in the mirror is signed with. */
  readonly keyFile: string;
}

/** Makes the mirror of these versions of the client unless it is there, or one of all. */
export async function ensureMirror(clients: Clients, log: Log): Promise<Mirror> {
  const ofAll = await folderOf(CLIENT_TOOLS);
  const folder = existsSync(ofAll) ? ofAll : await folderOf(clients);
  const mirror = { root: join(folder, "public"), keyFile: join(folder, "repository.asc") };
  if (existsSync(folder)) return mirror;
  return withLock("mirror", async () => {
    if (existsSync(folder)) return mirror;
    log("making the package mirror ...");
    await makeFolder(folder, (work) => makeMirror(work, clients));
    return mirror;
  });
}

const folderOf = async (clients: Clients) => join(cacheDir(), `mirror-${await mirrorRecipe(clients)}`);

/** Changes whenever the mirror has to be made anew. */
async function mirrorRecipe(clients: Clients): Promise<string> {
  const hash = createHash("sha256").update(`${REVISION}`);
  for (const distribution of DISTRIBUTIONS) hash.update(buildSourceList("", distribution));
  for (const folder of RPM_FOLDERS) hash.update(buildRepoFile("", folder));
  const parts = { built: "", source: "", signingKey: "" };
  for (const tool of clients) {
    hash.update(await toolRecipe(tool));
    for (const format of ["deb", "rpm", "archlinux"] satisfies Format[])
      hash.update(buildPackageConfig(format, TOOLS[tool].version, parts));
  }
  return hash.digest("hex").slice(0, 12);
}

async function makeMirror(folder: string, [newest, ...older]: Clients): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "lab-mirror-"));
  try {
    await withSigner(async (signer) => {
      const pack = (tool: typeof newest) => packRelease(tool, join(folder, "pool"), work, signer);
      const releases: [Release, ...Release[]] = [await pack(newest)];
      for (const tool of older) releases.push(await pack(tool));
      const keyring = await packKeyring(join(folder, "pool"), work, signer);
      const publicFolder = join(folder, "public");
      await makeTrack(publicFolder, "stable", releases, keyring, signer);
      await makeTrack(publicFolder, "unstable", [releases[0]], keyring, signer);
      await makePacmanRepository(publicFolder, releases, work);
      await signer.exportKey(join(folder, "repository.asc"), true);
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** One of the official server's folders of everything; `releases` begins with the newest. */
async function makeTrack(
  publicFolder: string,
  track: string,
  releases: readonly [Release, ...Release[]],
  keyring: string,
  signer: Signer,
): Promise<void> {
  for (const distribution of DISTRIBUTIONS)
    await makeAptRepository(publicFolder, track, distribution, releases, keyring, signer);
  for (const folder of RPM_FOLDERS) await makeRpmRepository(publicFolder, track, folder, releases, signer);
  await makeTarballs(publicFolder, track, releases);
}
