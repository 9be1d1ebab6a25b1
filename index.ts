/** The stack program: configuration -> mesh -> exports. */
import * as pulumi from "@pulumi/pulumi";
import { loadStack, mapHosts, Mesh, type HostConnection } from "./mesh";

const { network, hosts: declared } = loadStack(new pulumi.Config());
const mesh = new Mesh("mesh", { network, hosts: declared });

/** The FQDN of each node by its name. */
export const fqdns = mesh.fqdns;

/** A connection without its secrets: who connects brings a key of its own. */
const placeOf = ({ host, port, user, hostKey, proxy }: HostConnection): object => ({
  ...{ host, port, user, hostKey },
  proxy: proxy === undefined ? undefined : placeOf(proxy),
});

/** What other stacks need of each node. No secrets. */
export const hosts = mapHosts(
  mesh.hosts,
  ({ fqdn, addresses, nodeId, clientVersion, installedBy, hostKey, connection, meshConnection }) => ({
    ...{ fqdn, addresses, nodeId, clientVersion, installedBy, hostKey },
    connection: pulumi.unsecret(connection).apply(placeOf),
    meshConnection: pulumi.unsecret(meshConnection).apply(placeOf),
  }),
);
