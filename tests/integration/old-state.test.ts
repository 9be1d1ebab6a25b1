/** A state as version 1 wrote it, which called the connection `transport`: the engine and the handlers go on with it. */
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

/** Back to the words of version 1; what is encrypted stays so. */
function age(resource: ExportedResource): void {
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
  expect(today).toMatchObject({ stateVersion: 2 });
  expect(today).not.toHaveProperty("transport");
  expect(isSecret(today["connection"])).toBe(true);

  await stack.rewriteState(age);
  expect((await stack.destroy()).code).toBe(0);
  expect(await listNodes(lab)).toEqual([]);
});
