/** Hosts from a stack: those of its state; those of its configuration that no `up` has joined yet. */
import { z } from "zod";
import { findProject, loadNetwork, parseHosts, readProjectName } from "../../config";
import { MeshError } from "../../errors";
import { connectionSchema } from "../../transport";
import { validate } from "../../validation";
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

/** Undefined where the program does not take its hosts from the project's own keys `hosts` and `network`. */
async function readConfiguration(options: PulumiOptions): Promise<DeclaredHost[] | undefined> {
  const text = await askPulumi(["config", "--json", "--show-secrets"], options);
  const config = validate(configSchema, parseJson(text));
  if (!config.ok) throw notReadable("the stack's configuration is not what `pulumi config` prints");
  const folder = findProject(options.cwd) ?? options.cwd;
  const project = readProjectName(folder);
  // A key of the same name in another namespace is another program's, and may hold anything.
  const read = (name: string) => {
    const key = `${project ?? ""}:${name}`;
    const value = config.value[key]?.value;
    return value === undefined ? undefined : { key, value: parseObject(key, value) };
  };
  const hosts = read("hosts");
  if (hosts === undefined) return undefined;
  const network = loadNetwork({ stackValue: read("network")?.value, folder });
  return declareHosts(
    network,
    parseHosts(hosts.value, { connectionSchema, at: hosts.key, defaults: read("defaults")?.value }),
  );
}

/** The value may be a secret: no error has any of it. */
function parseObject(key: string, text: string): object | null {
  const value = parseJson(text);
  if (typeof value === "object") return value;
  throw notReadable(
    `${key}: expected an object in the stack configuration`,
    "Write it as YAML into Pulumi.<stack>.yaml.",
  );
}

/** Undefined for what is no JSON: the parser's own error quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notReadable(message: string, remedy = "Use a newer version of Pulumi's command line."): MeshError {
  return new MeshError({ kind: "invalid-config", message, remedy });
}
