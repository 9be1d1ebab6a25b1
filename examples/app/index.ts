/** Stack 3: uses the mesh; it knows nothing of how the hosts joined it. */
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "pulumi-mesh";

type ByHost<T> = pulumi.Output<Record<string, T>>;

const config = new pulumi.Config();
const webs = config.requireObject<string[]>("web");
const dbs = config.requireObject<string[]>("db");

const network = new pulumi.StackReference(config.require("network"));
const fqdns = network.requireOutput("fqdns") as ByHost<string>;
const nodeIds = network.requireOutput("nodeIds") as ByHost<string>;
/** From a machine in the tailnet through the mesh; from any other the way by which the hosts were joined. */
const way = config.getBoolean("inTailnet") === true ? "meshConnections" : "connections";
const connections = network.requireOutput(way) as ByHost<HostConnection>;

/** The web host asks the db host through the mesh, again whenever one of them is another node than before. */
const ask = (web: string, db: string) =>
  new remote.Command(`${web}-asks-${db}`, {
    connection: connections.apply((all) => all[web]!),
    create: fqdns.apply((all) => `ssh-keyscan -T 30 -t ed25519 ${all[db]} | grep .`),
    triggers: [nodeIds.apply((all) => all[web]!), nodeIds.apply((all) => all[db]!)],
  });

const questions = webs.flatMap((web) => dbs.map((db) => ask(web, db)));

export const peers = fqdns;
/** What each db host answers: its name in the mesh, and the key by which it proves who it is. */
export const answers = pulumi.all(questions.map(({ stdout }) => stdout));
