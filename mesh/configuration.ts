/** Reads a program's configuration with this package's defaults: its folder, and connections as Pulumi users write them. */
import * as pulumi from "@pulumi/pulumi";
import * as config from "../config";
import { isMeshError } from "../errors";
import { connectionSchema, type Connection } from "../transport";
import type { Network } from "./network";
import { projectFolder } from "./project-folder";

/** The hosts of a stack, by node name. */
export type HostEntries = Record<string, config.HostEntry<Connection>>;

/**
 * The network: `stackValue` (stack configuration) when given, else the `network:` section of `stagecraft.yml` in `folder`
 * (default: where Pulumi.yaml is). Throws invalid-config with every mistake, or with an example when there is none.
 */
export function loadNetwork({
  stackValue,
  folder = projectFolder(),
}: Partial<config.LoadNetworkOptions> = {}): Network {
  // What is in the blocks is checked when a host is declared.
  return config.loadNetwork({ stackValue, folder });
}

/**
 * The hosts of a stack configuration. Throws invalid-config with every mistake, or with an example; `at` is their key, `defaults`
 * what all of them share.
 */
export function parseHosts(value: unknown, at?: string, defaults?: unknown): HostEntries {
  return config.parseHosts(value, { connectionSchema, at, defaults });
}

/** Both, from the keys `network`, `hosts` and `defaults` (what all hosts share). What is wrong with either ends the program with its message alone. */
export function loadStack(stack: pulumi.Config): { readonly network: Network; readonly hosts: HostEntries } {
  const mistakes: string[] = [];
  const read = <T>(part: () => T): T | undefined => {
    try {
      return part();
    } catch (error) {
      if (!isMeshError(error)) throw error;
      mistakes.push(error.message);
      return undefined;
    }
  };
  const network = read(() => loadNetwork({ stackValue: stack.getObject("network") }));
  const hosts = read(() =>
    parseHosts(stack.getObject("hosts"), `${stack.name}:hosts`, stack.getObject("defaults")),
  );
  if (network === undefined || hosts === undefined) throw new pulumi.RunError(mistakes.join("\n\n"));
  return { network, hosts };
}
