/** A signed apt repository with the paths of the official one. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PACKAGES_NAME } from "../../network/names";
import { mustRun } from "../../system/command";
import type { Signer } from "../signing";
import { ARCHITECTURE } from "./package-config";
import { linkInto, type Release } from "./release";

export interface Distribution {
  readonly id: "debian" | "ubuntu";
  readonly suite: string;
}

/** The packages are the same for all of them, as the official ones are. */
export const DISTRIBUTIONS: readonly Distribution[] = [
  { id: "debian", suite: "bookworm" },
  { id: "ubuntu", suite: "noble" },
];

/** The line that makes apt use the repository, as the official file of that name has it. */
export function buildSourceList(track: string, { id, suite }: Distribution): string {
  const keyring = "/usr/share/keyrings/tailscale-archive-keyring.gpg";
  const line = `deb [signed-by=${keyring}] https://${PACKAGES_NAME}/${track}/${id} ${suite} main`;
  return `# Tailscale packages for ${id} ${suite}\n${line}\n`;
}

export async function makeAptRepository(
  publicFolder: string,
  track: string,
  distribution: Distribution,
  releases: readonly Release[],
  keyring: string,
  signer: Signer,
): Promise<void> {
  const { id, suite } = distribution;
  const root = join(publicFolder, track, id);
  const dist = join(root, "dists", suite);
  const binary = join(dist, "main", `binary-${ARCHITECTURE}`);
  await mkdir(binary, { recursive: true });
  await linkInto(join(root, "pool"), [keyring, ...releases.map(({ deb }) => deb)]);
  const packages = await mustRun(["apt-ftparchive", "packages", "pool"], { cwd: root });
  await writeFile(join(binary, "Packages"), packages);
  await writeFile(join(binary, "Packages.gz"), gzipSync(packages));
  const fields = { Origin: "Tailscale", Label: "Tailscale", Suite: suite, Codename: suite };
  const options = Object.entries({ ...fields, Architectures: ARCHITECTURE, Components: "main" });
  const flags = options.flatMap(([key, value]) => ["-o", `APT::FTPArchive::Release::${key}=${value}`]);
  await writeFile(join(dist, "Release"), await mustRun(["apt-ftparchive", ...flags, "release", dist]));
  await writeFile(join(root, `${suite}.tailscale-keyring.list`), buildSourceList(track, distribution));
  await signer.signRelease(join(dist, "Release"));
  await signer.exportKey(join(root, `${suite}.noarmor.gpg`), false);
  await signer.exportKey(join(root, `${suite}.gpg`), true);
}
