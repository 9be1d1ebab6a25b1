/** The component: joins every host of a stack to one network. */
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../config";
import { formatPath } from "../validation";
import { Host, type HostSettings } from "./host";
import { mustBeHosts, readSettings } from "./host-settings";

/** What is declared for one host of a `Mesh`. */
export interface MeshHostSettings extends HostSettings {
  /**
   * Names that the host had before as a key of `hosts`: with them a renaming is an update in place. Without them it is safe,
   * too: the new resource takes the host over, and the old one leaves it alone.
   */
  readonly aliases?: readonly string[];
}

/** The arguments of a `Mesh`. */
export interface MeshArgs {
  /** The network to join: the `network:` section of `stagecraft.yml`, as `loadNetwork` returns it. */
  readonly network: pulumi.Input<Network>;
  /** The hosts; the key is the node's name. Each value, and each field of it, may be the output of another resource. */
  readonly hosts: Readonly<Record<string, MeshHostSettings | pulumi.Input<HostSettings>>>;
}

/** All hosts of a stack in one mesh: one `Host` each, named `<mesh>-<host>`. */
export class Mesh extends pulumi.ComponentResource {
  /** The hosts by node name. */
  readonly hosts: Readonly<Record<string, Host>>;
  /** The FQDN of each node by its name; known at preview. */
  readonly fqdns: pulumi.Output<Record<string, string>>;

  constructor(name: string, { network, hosts }: MeshArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("pulumi-mesh:index:Mesh", name, {}, options);
    mustBeHosts(hosts);
    const joined: Record<string, Host> = {};
    // A loop, for the engine keeps where each host was made, function by function.
    for (const [node, given] of Object.entries(hosts)) {
      const settings: MeshHostSettings = readSettings(formatPath("hosts", [node]), given, ["aliases"]);
      const { aliases = [], ...ofHost } = settings;
      const former = aliases.map((alias) => ({ name: `${name}-${alias}` }));
      const options = { parent: this, aliases: former };
      joined[node] = new Host(`${name}-${node}`, { ...ofHost, network, nodeName: node }, options);
    }
    this.hosts = joined;
    this.fqdns = mapHosts(this.hosts, ({ fqdn }) => fqdn);
    this.registerOutputs({ fqdns: this.fqdns });
  }
}

/** One output with a value of each host, by node name. */
export function mapHosts<T>(
  hosts: Readonly<Record<string, Host>>,
  read: (host: Host) => pulumi.Input<T>,
): pulumi.Output<Record<string, T>> {
  const values = Object.entries(hosts).map(([node, host]) => [node, read(host)] as const);
  return pulumi.output(Object.fromEntries(values)) as pulumi.Output<Record<string, T>>;
}
