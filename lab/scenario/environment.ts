/** The environment in which `pulumi` works with a lab: programs on PATH, a local backend, the lab's authority. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { copyFile, link, mkdir, rename, rm, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { projectRoot } from "../system/files";
import { toolPath } from "../prepare/tools";
import type { LabPaths } from "../paths";

/** The variables to add to one's own environment. */
export function buildEnvironment(
  paths: LabPaths,
  { PATH: path = "", NODE_EXTRA_CA_CERTS: own }: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return {
    PATH: [paths.bin, ...path.split(delimiter).filter((folder) => folder !== paths.bin)].join(delimiter),
    PULUMI_BACKEND_URL: `file://${join(paths.pulumi, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "lab",
    PULUMI_HOME: join(paths.pulumi, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NODE_EXTRA_CA_CERTS: trustFile(paths, own),
  };
}

/** Node reads one file: the lab's authority, and with it those that were trusted before, as a company's proxy needs. */
function trustFile({ caFile, caBundle }: LabPaths, own: string | undefined): string {
  if (own === undefined || own === "" || own === caFile) return caFile;
  if (own === caBundle) return caBundle; // in a shell that has the lab's environment already
  const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim() : "");
  const theirs = read(own);
  if (theirs === "") return caFile;
  const whole = `${theirs}\n${read(caFile)}\n`;
  if (!existsSync(caBundle) || readFileSync(caBundle, "utf8") !== whole) writeFileSync(caBundle, whole);
  return caBundle;
}

/** The folder of a program on PATH, other than the lab's own. */
export function findOnPath(program: string, path: string, except: string): string | undefined {
  return path
    .split(delimiter)
    .find((folder) => folder !== "" && folder !== except && existsSync(join(folder, program)));
}

/** Which of Pulumi's programs the machine lacks, so that they have to be built. */
export function missingPulumiTools(path: string, bin: string): ("pulumi" | "pulumi-language-nodejs")[] {
  return (["pulumi", "pulumi-language-nodejs"] as const).filter(
    (name) => findOnPath(name, path, bin) === undefined,
  );
}

/** Fills the lab's folder of programs, and makes the backend's folder. Programs may be running from it meanwhile. */
export async function ensureEnvironment(paths: LabPaths, path: string): Promise<void> {
  await mkdir(join(paths.pulumi, "backend"), { recursive: true });
  await mkdir(paths.bin, { recursive: true });
  const missing = missingPulumiTools(path, paths.bin);
  for (const tool of ["pulumi", "pulumi-language-nodejs"] as const) {
    const target = join(paths.bin, tool);
    if (missing.includes(tool)) await place(toolPath(tool), target);
    else await rm(target, { force: true });
  }
  // Programs run on the Node that the lab runs on, not on an older one of the machine.
  await replace(join(paths.bin, "node"), (temporary) => symlink(process.execPath, temporary));
  const dynamic = "pulumi-resource-pulumi-nodejs";
  if (findOnPath(dynamic, path, paths.bin) !== undefined) return;
  // A script that finds the SDK from the program's folder, so that one copy serves every program.
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json", { paths: [projectRoot()] }));
  await replace(join(paths.bin, dynamic), (temporary) => copyFile(join(sdk, dynamic), temporary));
}

/** A second name for the program, not a symbolic link: Pulumi warns of helpers that do not lie beside its own file. */
async function place(program: string, at: string): Promise<void> {
  await replace(at, (temporary) => link(program, temporary).catch(() => copyFile(program, temporary)));
}

/** Puts a file in place in one step. */
async function replace(file: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await make(temporary);
  await rename(temporary, file);
  // Renaming one name of a file onto another name of it does nothing, and leaves both.
  await rm(temporary, { force: true });
}
