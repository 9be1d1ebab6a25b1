/** The stack that the demo runs: the root program's configuration for a lab, kept in the lab's own folder. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { Lab } from "../lab";
import { run, mustRun } from "../system/command";

export const STACK = "demo";
export const AUTH_KEY_VARIABLE = "HS_AUTHKEY";
export const API_KEY_VARIABLE = "HS_APIKEY";

/** What the demo calls its hosts in the mesh, in turn; further ones are numbered on. */
const NAMES = ["web-1", "web-2", "db-1"];
export const nodeName = (index: number): string => NAMES[index] ?? `app-${index - NAMES.length + 1}`;

type LabView = Pick<Lab, "hosts" | "identityFile" | "loginServer" | "baseDomain">;

/** The configuration as a user would write it into Pulumi.demo.yaml, for packages signed with this key. */
export function buildStackConfig(lab: LabView, repositoryKey: string): Record<string, unknown> {
  const hosts = lab.hosts.map(({ address }, index) => {
    const connection = { host: address, user: "root", privateKeyPath: lab.identityFile };
    const roles = nodeName(index).startsWith("db") ? { roles: ["db"] } : {};
    return [nodeName(index), { connection, ...roles }];
  });
  const headscale = {
    login_server: lab.loginServer,
    tailnet_domain: lab.baseDomain,
    auth_key_env: AUTH_KEY_VARIABLE,
    api_key_env: API_KEY_VARIABLE,
    default_tags: ["tag:prod"],
    role_tags: { db: ["tag:db"] },
    install: { repository_key: repositoryKey },
  };
  return {
    "pulumi-mesh:network": { provider: "headscale", providers: { headscale } },
    "pulumi-mesh:hosts": Object.fromEntries(hosts) as unknown,
  };
}

/**
 * Creates the stack unless it exists, and writes its configuration file. The stack is made from a folder with a
 * Pulumi.yaml of the same name: `pulumi stack init` writes beside Pulumi.yaml, and must not write into the checkout.
 */
export async function ensureStack(lab: Lab, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = join(lab.paths.pulumi, STACK);
  const file = join(folder, `Pulumi.${STACK}.yaml`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), "name: pulumi-mesh\nruntime: nodejs\n");
  const pulumi = ["pulumi", "--non-interactive", "--cwd", folder];
  const exists = (await run([...pulumi, "stack", "--stack", STACK], { env })).code === 0;
  if (!exists) await mustRun([...pulumi, "stack", "init", STACK, "--no-select"], { env });
  const content = z.record(z.string(), z.unknown()).parse(parse(await readFile(file, "utf8")));
  await writeFile(file, stringify({ ...content, config: buildStackConfig(lab, await lab.repositoryKey()) }));
  return file;
}
