/** Reads a program's configuration with this package's defaults: its folder, and connections as Pulumi users write them. */
import * as config from "../config";
import { connectionSchema, type Connection } from "../transport";

/**
 * The network: `stackValue` (stack configuration) when given, else the `network:` section of `stagecraft.yml` in `folder`
 * (default: the program's). Throws invalid-config with every mistake, or with an example when there is none.
 */
export function loadNetwork({ stackValue, folder = process.cwd() }: Partial<config.LoadNetworkOptions> = {}): config.Network {
  return config.loadNetwork({ stackValue, folder });
}

/** The hosts of a stack configuration, by node name. Throws invalid-config with every mistake, or with an example. */
export function parseHosts(value: unknown): Record<string, config.HostEntry<Connection>> {
  return config.parseHosts(value, { connectionSchema });
}
