/** The images that hosts boot from, each made of its layers, once for each state of its recipe, when first asked for. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type HostImage, VARIANTS } from "../hosts/variants";
import { mustRun, run } from "../system/command";
import { cacheDir, projectRoot } from "../system/files";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";

const REPOSITORY = "localhost/pulumi-mesh-host";
const SUITE = "bookworm";

const recipeFolder = () => join(projectRoot(), "lab", "image");
const layerFolders = (image: HostImage) => VARIANTS[image].layers.map((layer) => join(recipeFolder(), layer));

/** The image's name for podman, which holds a hash of all files of its layers. */
export async function imageName(image: HostImage): Promise<string> {
  const hash = createHash("sha256").update(SUITE);
  for (const layer of layerFolders(image)) {
    const entries = await readdir(layer, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const executable = ((await stat(file)).mode & 0o100) !== 0;
      hash.update(`\0${relative(recipeFolder(), file)}\0${executable}\0`).update(await readFile(file));
    }
  }
  return `${REPOSITORY}:${image}-${hash.digest("hex").slice(0, 12)}`;
}

/** Makes the image unless podman has it, and returns its name for podman. */
export async function ensureImage(image: HostImage, log: Log): Promise<string> {
  const name = await imageName(image);
  if (await imageExists(name)) return name;
  await withLock("image", () => makeImage(image, name, log), {
    onWait: () => log("waiting for another host image ..."),
  });
  return name;
}

async function imageExists(name: string): Promise<boolean> {
  return (await run(["podman", "image", "exists", name])).code === 0;
}

async function makeImage(image: HostImage, name: string, log: Log): Promise<void> {
  if (await imageExists(name)) return;
  log(`making the host image ${image} (${VARIANTS[image].title}), about 1 min ...`);
  await mkdir(cacheDir(), { recursive: true });
  const work = await mkdtemp(join(cacheDir(), "image-"));
  try {
    const tar = join(work, "host.tar");
    await mustRun(await buildBootstrapCommand(layerFolders(image), tar));
    await mustRun(["podman", "import", "--quiet", tar, name]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The packages of all layers at once; then, layer by layer, the files and the script. A layer may have any of the three. */
export async function buildBootstrapCommand(layers: readonly string[], tar: string): Promise<string[]> {
  const packages: string[] = [];
  const hooks: string[] = [];
  for (const layer of layers) {
    const [list, files, script] = ["packages.txt", "rootfs", "customize.sh"].map((name) => join(layer, name));
    if (list !== undefined && existsSync(list))
      packages.push(...(await readFile(list, "utf8")).trim().split("\n"));
    if (files !== undefined && existsSync(files)) hooks.push(`--customize-hook=sync-in ${files} /`);
    if (script !== undefined && existsSync(script)) hooks.push(`--customize-hook=${script} "$1"`);
  }
  const options = ["--quiet", "--variant=minbase", `--include=${packages.join(",")}`];
  return ["mmdebstrap", ...options, ...hooks, SUITE, tar];
}
