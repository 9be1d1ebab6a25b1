/** Hosts from a file: a stack's configuration (`Pulumi.prod.yaml`), or the sections `network` and `hosts`. */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { findProject, loadNetwork, parseHosts, readProjectName } from "../../config";
import { parseSections } from "../../config/yaml";
import { MeshError, messageOf } from "../../errors";
import { connectionSchema } from "../../transport";
import { declareHosts, type Declared } from "./declared";

/** The network is the file's own, or that of `stagecraft.yml` beside it. */
export function readHostsFile(path: string): Declared {
  const sections = parseSections(readText(path), path);
  const { network, hosts, defaults, at } = findParts(sections, path);
  refuseEncrypted({ hosts, defaults }, path);
  const declared = declareHosts(
    loadNetwork({ stackValue: network, folder: dirname(path) }),
    parseHosts(hosts, { connectionSchema, at, defaults }),
  );
  return { from: basename(path), hosts: declared };
}

interface Parts {
  readonly network: unknown;
  readonly hosts: unknown;
  readonly defaults: unknown;
  readonly at: string;
}

/** In a stack's configuration the keys have the project's name in front; one of another namespace is another program's. */
function findParts(sections: Readonly<Record<string, unknown>>, path: string): Parts {
  const { config } = sections;
  if (typeof config !== "object" || config === null)
    return {
      ...{ network: sections["network"], hosts: sections["hosts"], defaults: sections["defaults"] },
      at: "hosts",
    };
  const keys = config as Readonly<Record<string, unknown>>;
  const folder = findProject(resolve(dirname(path)));
  const project = folder === undefined ? onlyNamespace(Object.keys(keys), path) : readProjectName(folder);
  const read = (name: string) => keys[`${project ?? ""}:${name}`];
  return {
    ...{ network: read("network"), hosts: read("hosts"), defaults: read("defaults") },
    at: `${project ?? ""}:hosts`,
  };
}

/** Pure: whose hosts they are where no Pulumi.yaml tells. */
function onlyNamespace(keys: readonly string[], path: string): string | undefined {
  const found = keys.flatMap((key) => /^(.*):hosts$/.exec(key)?.[1] ?? []);
  if (found.length < 2) return found[0];
  throw new MeshError({
    kind: "invalid-config",
    message: `${path} has the hosts of several projects: ${found.join(", ")}`,
    remedy: "Leave the file beside its Pulumi.yaml, whose name tells which are meant.",
  });
}

/** A value that only Pulumi can decrypt. */
function refuseEncrypted(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("secure" in value && Object.keys(value).length === 1)
    throw new MeshError({
      kind: "invalid-config",
      message: `${path} holds encrypted values`,
      remedy: "Name the stack (--stack) instead of the file: Pulumi decrypts them.",
    });
  for (const inner of Object.values(value)) refuseEncrypted(inner, path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new MeshError({
      kind: "invalid-config",
      message: `the file with the hosts cannot be read: ${messageOf(cause)}`,
      remedy: "Correct --file.",
      cause,
    });
  }
}
