/** The static tarballs of a track, with their checksums and the index that `?mode=json` answers. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { TRACK_INDEX } from "../../mirror/config";
import { ARCHITECTURE } from "./package-config";
import { linkInto, type Release } from "./release";

/** The newest version, in the form that the client's own updater reads; other systems' packages are not in the lab. */
export function buildTrackIndex({ version, tarball }: Release): string {
  const tarballs = { [ARCHITECTURE]: basename(tarball) };
  const index = { Version: version, Tarballs: tarballs, TarballsVersion: version };
  return `${JSON.stringify(index, undefined, 2)}\n`;
}

/** `releases` begins with the newest. */
export async function makeTarballs(
  publicFolder: string,
  track: string,
  releases: readonly [Release, ...Release[]],
): Promise<void> {
  const folder = join(publicFolder, track);
  const tarballs = releases.map(({ tarball }) => tarball);
  await linkInto(folder, tarballs);
  for (const tarball of tarballs) {
    const digest = createHash("sha256").update(await readFile(tarball));
    await writeFile(join(folder, `${basename(tarball)}.sha256`), digest.digest("hex"));
  }
  await writeFile(join(folder, TRACK_INDEX), buildTrackIndex(releases[0]));
}
