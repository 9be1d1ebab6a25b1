/** Hosts from a file: a stack's configuration (`Pulumi.prod.yaml`), or the sections `network` and `hosts`. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { loadNetwork, parseHosts } from "../../config";
import { parseSections } from "../../config/yaml";
import { MeshError, messageOf } from "../../errors";
import { connectionSchema } from "../../transport";
import { declareHosts, type Declared } from "./declared";

/** The network is the file's own, or that of `stagecraft.yml` beside it. */
export function readHostsFile(path: string): Declared {
  const sections = parseSections(readText(path), path);
  const { network, hosts, at } = findParts(sections);
  refuseEncrypted(hosts, path);
  const declared = declareHosts(
    loadNetwork({ stackValue: network, folder: dirname(path) }),
    parseHosts(hosts, { connectionSchema, at }),
  );
  return { from: basename(path), hosts: declared };
}

interface Parts {
  readonly network: unknown;
  readonly hosts: unknown;
  readonly at: string;
}

/** Pure: in a stack's configuration the keys have the project's name in front. */
function findParts(sections: Readonly<Record<string, unknown>>): Parts {
  const { config } = sections;
  if (typeof config !== "object" || config === null)
    return { network: sections["network"], hosts: sections["hosts"], at: "hosts" };
  const keys = config as Readonly<Record<string, unknown>>;
  const find = (name: string) => Object.entries(keys).find(([key]) => key.endsWith(`:${name}`));
  const [at, hosts] = find("hosts") ?? ["hosts", undefined];
  return { network: find("network")?.[1], hosts, at };
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
