/** The component: joins every host of a stack to one network. */
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "../config/defaults";
import { formatPath } from "../validation";
import type { ConnectionArgs } from "./connection";
import { Host } from "./host";
import type { HostSettings } from "./host-args";
import { readSettings } from "./host-settings";
import { isLater } from "./known";
import { mustBeMesh } from "./mistakes";
import type { NetworkArgs } from "./network";

/** What is declared for one host of a `Mesh`. */
export interface MeshHostSettings extends HostSettings {
  /**
   * Names that the host had before as a key of `hosts`: with them a renaming is an update in place. Without them it is safe,
   * too: the new resource takes the host over, and the old one leaves it alone.
   */
  readonly aliases?: readonly string[];
  /** Options of the host's resource, `dependsOn` or `protect` for instance. */
  readonly options?: Omit<pulumi.CustomResourceOptions, "parent" | "aliases" | "id" | "import" | "urn">;
}

/** What all hosts of a `Mesh` share. */
export interface MeshDefaults extends Omit<HostSettings, "connection"> {
  /** Fields of the connections of all hosts (`{ user: "admin" }`); each host's own go first. */
  readonly connection?: pulumi.Input<Omit<ConnectionArgs, "host">>;
}

/** The arguments of a `Mesh`. */
export interface MeshArgs<Name extends string = string> {
  /** The network to join: the `network:` section of `stagecraft.yml`, as `loadNetwork` returns it. */
  readonly network: pulumi.Input<NetworkArgs>;
  /** The hosts; the key is the node's name. Each value, and each field of it, may be the output of another resource. */
  readonly hosts: Readonly<Record<Name, MeshHostSettings | pulumi.Input<HostSettings>>>;
  /**
   * What all hosts share. A host's own settings go first: field by field in `connection`, `flags`, `extraFlags` and `daemon`; `roles`, `tags`
   * and `serve` are added to those of all. Default none.
   */
  readonly defaults?: MeshDefaults;
}

/**
 * All hosts of a stack in one mesh: one `Host` each, named `<mesh>-<host>`. `Name` are the names of its hosts, as far as the
 * compiler knows them: those of a literal, or any string.
 */
export class Mesh<Name extends string = string> extends pulumi.ComponentResource {
  /** The hosts by node name. */
  readonly hosts: Readonly<Record<Name, Host>>;
  /** The FQDN of each node by its name; known at preview. */
  readonly fqdns: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: MeshArgs<Name>, options: pulumi.ComponentResourceOptions = {}) {
    mustBeMesh(args);
    const { network, hosts, defaults = {} } = args;
    super("pulumi-mesh:index:Mesh", name, {}, options);
    const declared = Object.entries<MeshHostSettings | pulumi.Input<HostSettings>>(hosts);
    if (declared.length === 0) void pulumi.log.warn(NO_HOSTS, this);
    const joined: Record<string, Host> = {};
    // A loop, for the engine keeps where each host was made, function by function.
    for (const [node, given] of declared) {
      const settings: MeshHostSettings = readSettings(formatPath("hosts", [node]), given);
      const { aliases = [], options: own, ...ofHost } = settings;
      const former = aliases.map((alias) => ({ name: `${name}-${alias}` }));
      const options = { ...own, parent: this, aliases: former };
      const all = withDefaults(node, { ...defaults }, { ...ofHost }, whenBothAreThere) as HostSettings;
      joined[node] = new Host(`${name}-${node}`, { ...all, network, nodeName: node }, options);
    }
    this.hosts = joined as Readonly<Record<Name, Host>>;
    this.fqdns = mapHosts(this.hosts, ({ fqdn }) => fqdn);
    this.registerOutputs({ fqdns: this.fqdns });
  }
}

/** Merges two values, each of which may be an output, and even that of nothing. */
function whenBothAreThere(
  ofAll: unknown,
  own: unknown,
  merge: (ofAll: unknown, own: unknown) => unknown,
): unknown {
  if (!isLater(ofAll) && !isLater(own)) return merge(ofAll, own);
  return pulumi.all([ofAll, own]).apply(([one, other]) => merge(one, other));
}

const NO_HOSTS =
  "this mesh has no hosts: those that it had are taken out of the network. Declare them under hosts, if that is not meant";

/** One output with a value of each host, by node name. */
export function mapHosts<T>(
  hosts: Readonly<Record<string, Host>>,
  read: (host: Host) => pulumi.Input<T>,
): pulumi.Output<Record<string, T>> {
  const values = Object.entries(hosts).map(([node, host]) => [node, read(host)] as const);
  return pulumi.output(Object.fromEntries(values)) as pulumi.Output<Record<string, T>>;
}
