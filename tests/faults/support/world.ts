/** The world of a fault: new hosts, a stack that joins them, and the proof that it converged. */
import { expect } from "@jest/globals";
import type { Lab } from "../../../lab";
import { connectionTo, freshHosts, listNodes } from "../../integration/support/lab";
import { headscaleNetwork } from "../../integration/support/network";
import { Stack, type Run } from "../../integration/support/stack";

/** How a node gets its tags: with the key, or after the join through the API (the longer way, so more can go wrong). */
export type TagWay = "key" | "api";

/** The node that a lab host is; the second host is reached through sudo. */
const nodeOf = (host: string) => host.replace("host", "web");
const userOf = (host: string) => (host === "host-2" ? "admin" : "root");

/** A stack for newly created machines. */
export async function freshStack(
  lab: Lab,
  hosts: readonly string[] = ["host-1"],
  tagWay: TagWay = "key",
): Promise<Stack> {
  await freshHosts(lab, ...hosts);
  const tags = tagWay === "key" ? ["app"] : [];
  const env = { MESH_AUTHKEY: await lab.authKey({ tags, reusable: true }), MESH_API: await lab.apiKey() };
  const stack = await Stack.create(lab, { env });
  const block = { default_tags: ["tag:app"], ...(tagWay === "api" ? { api_key_env: "MESH_API" } : {}) };
  const entries = hosts.map((host) => [nodeOf(host), { connection: connectionTo(lab, host, userOf(host)) }]);
  return stack.configure({ network: headscaleNetwork(lab, block), hosts: Object.fromEntries(entries) });
}

/** `pulumi up` succeeds, every host is one node with its name and tags, and another `up` has nothing to do. */
export async function mustConverge(
  lab: Lab,
  stack: Stack,
  hosts: readonly string[] = ["host-1"],
): Promise<Run> {
  const run = await stack.mustUp();
  const nodes = (await listNodes(lab)).map(({ name, tags }) => `${name} ${tags.join()}`);
  expect(nodes).toEqual(hosts.map((host) => `${nodeOf(host)} tag:app`));
  const again = await stack.mustUp();
  expect(again.trace).toEqual([]);
  return run;
}

/** The error that the run shows, as one line. */
export function errorOf({ code, output }: Run): string {
  expect(code).not.toBe(0);
  return output.replaceAll(/\s+/g, " ");
}

/** For the record: whether a failed run left a node without its tags, until the next run mends it. */
export async function untagged(lab: Lab): Promise<string> {
  const found = (await listNodes(lab)).some(({ tags }) => tags.length === 0);
  return found ? " (untagged until the next run)" : "";
}
