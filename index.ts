/** The stack program: configuration -> mesh -> exports. */
import * as pulumi from "@pulumi/pulumi";
import { isMeshError, loadNetwork, mapHosts, Mesh, parseHosts } from "./mesh";

const config = new pulumi.Config();

/** A mistake in the configuration ends the program with its message alone: no stack, nothing remote. */
function orStop<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw isMeshError(error) ? new pulumi.RunError(error.message) : error;
  }
}

const network = orStop(() => loadNetwork({ stackValue: config.getObject("network") }));
const hosts = orStop(() => parseHosts(config.getObject("hosts")));
const mesh = new Mesh("mesh", { network, hosts });

/** The FQDN of each node by its name. */
export const fqdns = mesh.fqdns;

/** What other stacks need of each node. No secrets: who connects brings a key of its own. */
export const hostOutputs = mapHosts(mesh.hosts, ({ fqdn, addresses, nodeId, clientVersion, hostKey, connection }) => ({
  fqdn,
  addresses,
  nodeId,
  clientVersion,
  connection: pulumi.unsecret(connection).apply(({ host, port, user }) => ({ host, port, user, hostKey })),
}));
export { hostOutputs as hosts };
