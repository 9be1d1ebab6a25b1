/** The image that hosts boot from: Debian with systemd and sshd, made once for each state of its recipe. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { mkdir } from "node:fs/promises";
import { mustRun, run } from "../system/command";
import { cacheDir, projectRoot } from "../system/files";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";

const REPOSITORY = "localhost/pulumi-mesh-host";
const SUITE = "bookworm";

const recipeFolder = () => join(projectRoot(), "lab", "image");

/** The image's name, which holds a hash of all files of the recipe. */
export async function imageName(): Promise<string> {
  const hash = createHash("sha256").update(SUITE);
  const entries = await readdir(recipeFolder(), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const executable = ((await stat(file)).mode & 0o100) !== 0;
    hash.update(`\0${relative(recipeFolder(), file)}\0${executable}\0`).update(await readFile(file));
  }
  return `${REPOSITORY}:${hash.digest("hex").slice(0, 12)}`;
}

/** Makes the image unless podman has it, and returns its name. */
export async function ensureImage(log: Log): Promise<string> {
  const image = await imageName();
  if (await imageExists(image)) return image;
  await withLock("image", () => makeImage(image, log), {
    onWait: () => log("waiting for the host image ..."),
  });
  return image;
}

async function imageExists(image: string): Promise<boolean> {
  return (await run(["podman", "image", "exists", image])).code === 0;
}

async function makeImage(image: string, log: Log): Promise<void> {
  if (await imageExists(image)) return;
  log("making the host image (Debian with systemd and sshd), about 1 min ...");
  const recipe = recipeFolder();
  const packages = (await readFile(join(recipe, "packages.txt"), "utf8")).trim().split("\n").join(",");
  await mkdir(cacheDir(), { recursive: true });
  const work = await mkdtemp(join(cacheDir(), "image-"));
  try {
    const tar = join(work, "host.tar");
    const hooks = [
      `--customize-hook=sync-in ${recipe}/rootfs /`,
      `--customize-hook=${recipe}/customize.sh "$1"`,
    ];
    await mustRun([
      "mmdebstrap",
      "--quiet",
      "--variant=minbase",
      `--include=${packages}`,
      ...hooks,
      SUITE,
      tar,
    ]);
    await mustRun(["podman", "import", "--quiet", tar, image]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
