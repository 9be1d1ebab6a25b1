/** The stack program: configuration -> mesh -> exports. */
import * as pulumi from "@pulumi/pulumi";
import { loadStack, mapHosts, Mesh } from "./mesh";

const { network, hosts: declared } = loadStack(new pulumi.Config());
const mesh = new Mesh("mesh", { network, hosts: declared });

/** The FQDN of each node by its name. */
export const fqdns = mesh.fqdns;

/** What other stacks need of each node. No secrets: who connects brings a key of its own. */
export const hosts = mapHosts(
  mesh.hosts,
  ({ fqdn, addresses, nodeId, clientVersion, installedBy, hostKey, connection }) => ({
    fqdn,
    addresses,
    nodeId,
    clientVersion,
    installedBy,
    connection: pulumi.unsecret(connection).apply(({ host, port, user }) => ({ host, port, user, hostKey })),
  }),
);
