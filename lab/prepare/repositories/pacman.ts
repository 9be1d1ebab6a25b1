/** A pacman repository with the paths of an Arch mirror: signed packages, and a database that names the newest. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { mustRun } from "../../system/command";
import { MACHINE } from "./package-config";
import { linkInto, type Release } from "./release";

/** The entry of a package in the database: a name between percent signs, its value, an empty line. */
export function buildDatabaseEntry(release: Release, content: Buffer): string {
  const fields = {
    FILENAME: basename(release.pacman),
    NAME: "tailscale",
    BASE: "tailscale",
    VERSION: `${release.version}-1`,
    DESC: "A mesh VPN that makes it easy to connect your devices, wherever they are.",
    CSIZE: String(content.length),
    SHA256SUM: createHash("sha256").update(content).digest("hex"),
    URL: "https://tailscale.com",
    LICENSE: "BSD-3-Clause",
    ARCH: MACHINE,
    PACKAGER: "pulumi-mesh lab <lab@localhost>",
  };
  return Object.entries(fields)
    .map(([name, value]) => `%${name}%\n${value}\n\n`)
    .join("");
}

/**
 * Makes the repository `extra`. Its database is written here: Arch's own `repo-add` would bring makepkg and TeX's tools
 * with it. Like Arch's, it knows one version; older ones lie beside it for `pacman -U`.
 */
export async function makePacmanRepository(
  publicFolder: string,
  releases: readonly [Release, ...Release[]],
  work: string,
): Promise<void> {
  const folder = join(publicFolder, "extra", "os", MACHINE);
  await linkInto(
    folder,
    releases.flatMap(({ pacman }) => [pacman, `${pacman}.sig`]),
  );
  const [newest] = releases;
  const name = `tailscale-${newest.version}-1`;
  const database = join(work, "extra");
  await mkdir(join(database, name), { recursive: true });
  const entry = buildDatabaseEntry(newest, await readFile(newest.pacman));
  await writeFile(join(database, name, "desc"), entry);
  const target = join(folder, "extra.db");
  await mustRun(["tar", "--create", "--gzip", "--file", target, "--directory", database, name]);
}
