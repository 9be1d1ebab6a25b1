/** Stack 2: takes the servers of stack 1, joins them to the mesh, and outputs where they are now. */
import * as pulumi from "@pulumi/pulumi";
import { loadNetwork, mapHosts, Mesh } from "pulumi-mesh";

const config = new pulumi.Config();
const servers = new pulumi.StackReference(config.require("servers"));
const names = config.requireObject<string[]>("hosts");
const privateKeyPath = config.get("privateKeyPath");

const connectionOf = (name: string) =>
  servers.requireOutput("connections").apply((all) => {
    const { host, user } = (all as Record<string, { host: string; user: string }>)[name]!;
    return { host, user, privateKeyPath };
  });

const mesh = new Mesh("mesh", {
  network: loadNetwork({ stackValue: config.getObject("network") }),
  hosts: Object.fromEntries(
    names.map((name) => [name, { connection: connectionOf(name), tags: ["tag:app"] }]),
  ),
});

export const fqdns = mesh.fqdns;
/** Another id is another node: the machine was replaced, or joined anew. */
export const nodeIds = mapHosts(mesh.hosts, ({ nodeId }) => nodeId);
/** The way by which each host was joined. Secret, as the next: each connection holds the key that reaches the host. */
export const connections = mapHosts(mesh.hosts, ({ connection }) => connection);
/** The way through the mesh, for who is in it. */
export const meshConnections = mapHosts(mesh.hosts, ({ meshConnection }) => meshConnection);
