/** A signed rpm repository with the paths of the official one, for dnf and for zypper. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGES_NAME } from "../../network/names";
import { mustRun } from "../../system/command";
import type { Signer } from "../signing";
import { MACHINE } from "./package-config";
import { linkInto, type Release } from "./release";

/** Folders below a track; in each lies one folder of packages for each architecture. */
export const RPM_FOLDERS = ["fedora", "rhel/9", "opensuse/leap/15.6"];

/** The file that makes dnf or zypper use the repository, with the official one's settings: both signatures are checked. */
export function buildRepoFile(track: string, folder: string): string {
  const base = `https://${PACKAGES_NAME}/${track}/${folder}`;
  return `[tailscale-${track}]
name=Tailscale ${track}
baseurl=${base}/$basearch
enabled=1
type=rpm
repo_gpgcheck=1
gpgcheck=1
gpgkey=${base}/repo.gpg
`;
}

export async function makeRpmRepository(
  publicFolder: string,
  track: string,
  folder: string,
  releases: readonly Release[],
  signer: Signer,
): Promise<void> {
  const root = join(publicFolder, track, folder);
  const packages = join(root, MACHINE);
  await linkInto(
    packages,
    releases.map(({ rpm }) => rpm),
  );
  await mustRun(["createrepo_c", "--quiet", packages]);
  const index = join(packages, "repodata", "repomd.xml");
  await signer.signDetached(index, `${index}.asc`, true);
  await signer.exportKey(`${index}.key`, true);
  await signer.exportKey(join(root, "repo.gpg"), true);
  await writeFile(join(root, "tailscale.repo"), buildRepoFile(track, folder));
}
