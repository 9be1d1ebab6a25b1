/** Stack 1: makes the servers. Here their addresses come from configuration; a cloud's `Instance` goes in their place. */
import * as pulumi from "@pulumi/pulumi";

interface Server {
  readonly address: string;
  readonly user: string;
}

const config = new pulumi.Config();
const servers = config.requireObject<Record<string, Server>>("servers");

/** What other stacks need to reach the servers: the shape of `remote.ConnectionArgs`, without keys. */
export const connections = Object.fromEntries(
  Object.entries(servers).map(([name, { address, user }]) => [name, { host: address, user }]),
);
