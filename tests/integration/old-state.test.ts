/** States as former versions wrote them: the engine and the handlers go on with them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { roundTrips, Stack, type ExportedResource } from "./support/stack";

let lab: Lab;
beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
});

const isHost = ({ type }: { type: string }) => type.endsWith("mesh:Host");

/** The program that version 2 stored in the place of the present shim. */
const SHIM = readFileSync(join(__dirname, "fixtures/shim-v2.txt"), "utf8");

const DEFAULTS = {
  ...{ hostKeyPolicy: "pin", onDestroy: "remove", onClone: "fail", onNameConflict: "fail" },
  ...{ onTailnetMismatch: "fail", onUnreachable: "warn", extraTags: "remove" },
};

/** Back to the words of version 3, with the block of the inputs, whose texts are no digests. */
function rename(properties: Record<string, unknown>, { network }: Record<string, unknown>): void {
  const { providers } = network as { providers: Record<string, unknown> };
  const [provider = ""] = Object.keys(providers);
  const words = { name: properties["nodeName"], progressUrn: properties["__urn"] };
  Object.assign(properties, { ...words, provider, config: providers[provider] });
  for (const key of ["nodeName", "network", "__urn"]) delete properties[key];
}

/** Back to what version 2 wrote: another shim, each default, and the key of the package repository in both halves. */
function swell(resource: ExportedResource): void {
  if (!isHost(resource)) return;
  const { inputs, outputs } = resource as Required<ExportedResource>;
  const declared = { ...inputs };
  for (const properties of [inputs, outputs]) {
    if ("network" in properties) rename(properties, declared);
    Object.assign(properties, { __provider: SHIM, roles: [] });
  }
  Object.assign(outputs, { ...DEFAULTS, flags: {}, extraFlags: {}, stateVersion: 2 });
}

/** Back to the words of version 1; what is encrypted stays so. */
function age(resource: ExportedResource): void {
  swell(resource);
  if (!isHost(resource)) return;
  for (const properties of [resource.inputs!, resource.outputs!]) {
    properties["transport"] ??= properties["connection"];
    delete properties["connection"];
  }
  resource.outputs!["stateVersion"] = 1;
}

it("a state of version 1 is no difference, keeps its secret in a refresh, and is brought up by an update", async () => {
  const password = (await lab.opsPassword()).trim();
  const env = { MESH_AUTHKEY: await lab.authKey({ tags: ["app"] }), MESH_API: await lab.apiKey() };
  await using stack = await Stack.create(lab, { env });
  const hostSettings = { connection: { host: connectionTo(lab, "host-1").host, user: "ops" } };
  const networkWith = (...tags: string[]) =>
    headscaleNetwork(lab, { default_tags: tags, api_key_env: "MESH_API" });
  stack.configure({ network: networkWith("tag:app"), hosts: { "web-1": hostSettings } });
  await stack.configureSecret("hosts.web-1.connection.password", password);
  await stack.mustUp();
  const outputsOf = async () => (await stack.state()).deployment.resources.find(isHost)!.outputs!;
  const isSecret = (value: unknown) => JSON.stringify(value ?? null).includes("ciphertext");
  expect(isSecret((await outputsOf())["connection"])).toBe(true);

  await stack.rewriteState(age);
  const same = await stack.up();
  expect({ code: same.code, trace: same.trace }).toEqual({ code: 0, trace: [] });
  expect(same.output).toContain("3 unchanged");

  await stack.rewriteState(age);
  const refreshed = await stack.refresh();
  expect(roundTrips(refreshed, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(JSON.stringify(await stack.state())).not.toContain(password);
  const old = await outputsOf();
  expect(old).toMatchObject({ stateVersion: 1 });
  expect(isSecret(old["transport"])).toBe(true);

  stack.configure({ network: networkWith("tag:app", "tag:db") });
  await stack.configureSecret("hosts.web-1.connection.password", password);
  await stack.mustUp();
  const today = await outputsOf();
  expect(today).toMatchObject({ stateVersion: 4 });
  expect(today).not.toHaveProperty("transport");
  expect(isSecret(today["connection"])).toBe(true);

  await stack.rewriteState(age);
  expect((await stack.destroy()).code).toBe(0);
  expect(await listNodes(lab)).toEqual([]);
});

it("a state of version 2 is no difference, is read as it is, brought up by an update, and left by a destroy", async () => {
  await freshHosts(lab, "host-1");
  const env = { MESH_API: await lab.apiKey() };
  await using stack = await Stack.create(lab, { env });
  const networkWith = (...tags: string[]) =>
    headscaleNetwork(lab, { default_tags: tags, api_key_env: "MESH_API", auth_key_env: undefined });
  const hosts = { "web-1": { connection: connectionTo(lab, "host-1") } };
  stack.configure({ network: networkWith("tag:app"), hosts });
  await stack.mustUp();
  const outputsOf = async () => (await stack.state()).deployment.resources.find(isHost)!.outputs!;

  await stack.rewriteState(swell);
  const old = await outputsOf();
  expect(JSON.stringify(old).match(/PGP PUBLIC KEY BLOCK/g)).toHaveLength(2);
  const refreshed = await stack.refresh();
  expect(roundTrips(refreshed, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(refreshed.output).toContain("3 unchanged");
  expect(await outputsOf()).toEqual(old);
  const same = await stack.up();
  expect({ code: same.code, trace: same.trace }).toEqual({ code: 0, trace: [] });
  expect(same.output).toContain("3 unchanged");

  stack.configure({ network: networkWith("tag:app", "tag:db"), hosts });
  await stack.mustUp();
  const today = await outputsOf();
  expect(today).toMatchObject({ stateVersion: 4, nodeId: old["nodeId"], tags: ["tag:app", "tag:db"] });
  expect(JSON.stringify(today)).not.toContain("PGP PUBLIC KEY BLOCK");
  expect((await stack.up()).trace).toEqual([]);

  await stack.rewriteState(swell);
  expect((await stack.destroy()).code).toBe(0);
  expect(await listNodes(lab)).toEqual([]);
});
