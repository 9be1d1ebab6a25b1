/** What the integration tests do with the lab: attach, make hosts new, read nodes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Lab } from "../../../lab";
import { containerName } from "../../../lab/network/names";

export { mustLab } from "./booted-lab";

/** Hosts as newly created machines, and no node in the tailnet. */
export async function freshHosts(lab: Lab, ...names: string[]): Promise<void> {
  await clearTailnet(lab);
  await Promise.all(names.map((name) => lab.resetHost(name)));
}

const nodesSchema = z.array(
  z.object({
    id: z.union([z.number(), z.string()]).transform(String),
    name: z.string(),
    given_name: z.string(),
    /** Since 0.28; before, what a key or an admin set, and what the node asked for and may have. */
    tags: z.array(z.string()).nullish(),
    forced_tags: z.array(z.string()).nullish(),
    valid_tags: z.array(z.string()).nullish(),
    online: z.boolean().nullish(),
    approved_routes: z.array(z.string()).nullish(),
  }),
);

export interface ListedNode {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly online: boolean;
  /** The routes that are approved. */
  readonly approved: readonly string[];
}

/** The nodes as the control server lists them, by name. */
export async function listNodes(lab: Lab): Promise<readonly ListedNode[]> {
  const nodes = nodesSchema.parse((await lab.headscale(["nodes", "list"])) ?? []);
  return nodes
    .map(({ id, given_name, tags, forced_tags, valid_tags, online, approved_routes }) => ({
      id,
      name: given_name,
      tags: [...new Set(tags ?? [...(forced_tags ?? []), ...(valid_tags ?? [])])].sort(),
      online: online === true,
      approved: approved_routes ?? [],
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export async function clearTailnet(lab: Lab): Promise<void> {
  for (const { id } of await listNodes(lab))
    await lab.headscale(["nodes", "delete", "--identifier", id, "--force"]);
}

/** The connection settings of a host, as a user of the lab's key. */
export function connectionTo(
  lab: Lab,
  name: string,
  user = "root",
): { host: string; user: string; privateKeyPath: string } {
  const { address } = lab.hosts.find((host) => host.name === name)!;
  return { host: address, user, privateKeyPath: lab.identityFile };
}

/** Standard output of a command on a host. */
export async function onHost(lab: Lab, host: string, ...argv: string[]): Promise<string> {
  return (await lab.exec(host, argv)).stdout.trim();
}

/** What runs a command of this machine in a host's network, as if the operator sat there: in the mesh, where that host is. */
export function inNetworkOf(lab: Lab, host: string): readonly string[] {
  const args = ["inspect", "--format", "{{.State.Pid}}", containerName(lab.name, host)];
  return ["nsenter", "--net", "--target", execFileSync("podman", args, { encoding: "utf8" }).trim(), "--"];
}

/** Does `work` under another policy at the control server. */
export async function withPolicy(lab: Lab, change: object, work: () => Promise<void>): Promise<void> {
  const policy = z.looseObject({}).parse(JSON.parse(readFileSync(lab.paths.policy, "utf8")));
  await setPolicy(lab, { ...policy, ...change });
  await work().finally(() => setPolicy(lab, policy));
}

async function setPolicy(lab: Lab, policy: object): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-policy-"));
  writeFileSync(join(folder, "policy.json"), JSON.stringify(policy));
  await lab.headscale(["policy", "set", "--file", join(folder, "policy.json")]);
  rmSync(folder, { recursive: true });
}
