/** A node that others can use as exit node, and as router to where the operator is. */
import type { Lab } from "../../../lab";
import { connectionTo, listNodes, onHost } from "./lab";
import { headscaleNetwork } from "./network";
import { Stack } from "./stack";

/** Joins a new host under the name `gate`, with its routes approved; it leaves when the stack is destroyed. */
export async function joinGate(lab: Lab, host: string): Promise<Stack> {
  const env = { MESH_AUTHKEY: await lab.authKey({ tags: ["app"] }), MESH_API: await lab.apiKey() };
  const gate = await Stack.create(lab, { env });
  const operator = (await onHost(lab, host, "cat", "/etc/hosts")).match(/^(\S+) headscale\./m)![1]!;
  const flags = { "advertise-exit-node": true, "advertise-routes": [`${operator}/32`] };
  gate.configure({
    network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
    hosts: { gate: { connection: connectionTo(lab, host), tags: ["tag:app"], flags } },
  });
  await gate.mustUp();
  const node = (await listNodes(lab)).find(({ name }) => name === "gate")!;
  const routes = `0.0.0.0/0,::/0,${operator}/32`;
  await lab.headscale(["nodes", "approve-routes", "--identifier", node.id, "--routes", routes]);
  return gate;
}
