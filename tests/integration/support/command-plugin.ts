/** Where this machine has the plugin of `@pulumi/command`: no package registry has it, so that a test may have to do without. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const PROGRAM = "pulumi-resource-command";

/** What a test that needs the plugin says in its name where it is skipped: `npm test` prints it. */
export const NO_PLUGIN = `(skipped: no ${PROGRAM} on PATH or in PULUMI_HOME/plugins)`;

/** The folder with the program; undefined where there is none. */
export function findCommandPlugin(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const plugins = join(env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  const installed = existsSync(plugins)
    ? readdirSync(plugins).filter((name) => /^resource-command-v1\./.test(name))
    : [];
  const folders = [
    ...(env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
    ...installed.map((name) => join(plugins, name)),
  ];
  return folders.find((folder) => existsSync(join(folder, PROGRAM)));
}
