/** Stack 3: uses the mesh; it knows nothing of how the hosts joined it. */
import * as pulumi from "@pulumi/pulumi";
import type { MeshConnection } from "pulumi-mesh";

const config = new pulumi.Config();
const network = new pulumi.StackReference(config.require("network"));

/** For `new remote.Command("app", { connection, create: "..." })` of @pulumi/command. */
const connections = network.requireOutput("connections") as pulumi.Output<Record<string, MeshConnection>>;

export const peers = network.requireOutput("fqdns");
export const endpoints = pulumi
  .unsecret(connections)
  .apply((all) =>
    Object.values(all).map(({ user, host, port }) => `${user ?? "root"}@${host}:${port ?? 22}`),
  );
