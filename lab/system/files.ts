/** Where the lab keeps things: the project's own folder, the cache, one state folder per lab; and how it writes them. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabError } from "../error";

const packageName = z.object({ name: z.string() });

/** The folder of this package's package.json: the same one whether we run from source or from dist/. */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (
      existsSync(file) &&
      packageName.safeParse(JSON.parse(readFileSync(file, "utf8"))).data?.name === "pulumi-mesh"
    )
      return folder;
  }
  throw new LabError(`no package.json of pulumi-mesh above ${__dirname}`);
}

/** What is expensive to make and the same for every lab: tools, image, mirror. */
export function cacheDir(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-mesh");
}

/** The folder that holds one folder per lab. */
export function labsDir(): string {
  return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "pulumi-mesh", "labs");
}

/** Writes a file so that a reader, or a crash, sees the old content or the new one, never half of it. */
export async function writeAtomic(file: string, content: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, content, { mode });
  await rename(temporary, file);
}

/** Makes a folder's content elsewhere and puts it in place in one step, so that no half-made folder is ever seen. */
export async function makeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${folder}.${process.pid}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
