/** Hosts from a stack: those of its state; those of its configuration that no `up` has joined yet. */
import { z } from "zod";
import { findProject, loadNetwork, parseHosts } from "../../config";
import { MeshError } from "../../errors";
import { connectionSchema } from "../../transport";
import { declareHosts, type Declared, type DeclaredHost } from "./declared";
import { askPulumi, type PulumiOptions } from "./pulumi";
import { hostsOfState } from "./state";

export interface StackOptions extends PulumiOptions {
  /** Whether the configuration is read, too, where the state has hosts. */
  readonly withConfiguration: boolean;
}

export async function readStack({ withConfiguration, ...options }: StackOptions): Promise<Declared> {
  const recorded = hostsOfState(await askPulumi(["stack", "export", "--show-secrets"], options));
  const from = options.stack === undefined ? "the selected stack" : `stack ${options.stack}`;
  if (recorded.length > 0 && !withConfiguration) return { from, hosts: recorded };
  const names = new Set(recorded.map(({ name }) => name));
  const configured = (await readConfiguration(options)) ?? [];
  const hosts = [...recorded, ...configured.filter(({ name }) => !names.has(name))];
  if (hosts.length > 0) return { from, hosts };
  throw new MeshError({
    kind: "invalid-config",
    message: `${from} has no hosts, neither in its state nor in its configuration`,
    remedy: "Run `pulumi up` first, or name another stack (--stack) or a file with the hosts (--file).",
  });
}

const configSchema = z.record(z.string(), z.object({ value: z.string().optional() }));

/** Undefined where the program does not take its hosts from the keys `hosts` and `network`. */
async function readConfiguration(options: PulumiOptions): Promise<DeclaredHost[] | undefined> {
  const text = await askPulumi(["config", "--json", "--show-secrets"], options);
  const config = configSchema.parse(JSON.parse(text));
  const find = (name: string) => {
    const [key, entry] = Object.entries(config).find(([each]) => each.endsWith(`:${name}`)) ?? [];
    return key === undefined || entry?.value === undefined
      ? undefined
      : { key, value: JSON.parse(entry.value) as unknown };
  };
  const hosts = find("hosts");
  if (hosts === undefined) return undefined;
  const folder = findProject(options.cwd) ?? options.cwd;
  const network = loadNetwork({ stackValue: find("network")?.value, folder });
  return declareHosts(network, parseHosts(hosts.value, { connectionSchema, at: hosts.key }));
}
