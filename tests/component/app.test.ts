/** examples/app under Pulumi's mocks: the commands that it declares over the mesh's hosts. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { runMocked, type Outcome, type Registered } from "../support/mocked-program";
import { ROOT } from "../support/pages";

const NETWORK = "organization/example-network/prod";
const connection = (host: string) => ({
  host,
  user: "admin",
  privateKey: "KEY",
  hostKey: "ssh-ed25519 AAAA",
});

/** What examples/network hands over. */
const network = {
  values: {
    fqdns: {
      "web-1": "web-1.mesh.example.com",
      "web-2": "web-2.mesh.example.com",
      "db-1": "db-1.mesh.example.com",
    },
    nodeIds: { "web-1": "1", "web-2": "2", "db-1": "3" },
    connections: {
      "web-1": connection("203.0.113.8"),
      "web-2": connection("203.0.113.9"),
      "db-1": connection("203.0.113.7"),
    },
    meshConnections: {
      "web-1": connection("web-1.mesh.example.com"),
      "db-1": connection("db-1.mesh.example.com"),
    },
  },
  secrets: ["connections", "meshConnections"],
};

const run = (config: object, values = network.values): Promise<Outcome> =>
  runMocked({
    file: join(ROOT, "examples/app/index.ts"),
    project: "example-app",
    config: { network: NETWORK, db: ["db-1"], ...config },
    references: { [NETWORK]: { ...network, values } },
    outputs: (name) => ({ stdout: `answer to ${name}` }),
  });

describe("the app", () => {
  let outcome: Outcome;
  beforeAll(async () => void (outcome = await run({ web: ["web-1", "web-2"] })));
  const named = (name: string): Registered => outcome.registered.find((each) => each.name === name)!;

  it("declares a remote.Command for each question of a web host to a db host", () => {
    expect(outcome.registered.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "command:remote:Command web-1-asks-db-1",
      "command:remote:Command web-2-asks-db-1",
    ]);
  });

  it("connects as the host was joined, and asks over the mesh", () => {
    const { inputs } = named("web-2-asks-db-1");
    expect(inputs["connection"]).toMatchObject(network.values.connections["web-2"]);
    expect(inputs["create"]).toContain(" db-1.mesh.example.com ");
  });

  it("hands the connection over as a secret, and nothing else", () => {
    expect(named("web-1-asks-db-1").secrets).toEqual(["connection"]);
  });

  it("asks again when one of the two is another node than before", async () => {
    expect(named("web-1-asks-db-1").inputs["triggers"]).toEqual(["1", "3"]);
    const values = { ...network.values, nodeIds: { ...network.values.nodeIds, "db-1": "4" } };
    const later = await run({ web: ["web-1"] }, values);
    expect(later.registered[0]!.inputs["triggers"]).toEqual(["1", "4"]);
  });

  it("waits for the stack that joins the hosts, with all that it asks", () => {
    const reference = [expect.stringMatching(/^urn:.*::pulumi:pulumi:StackReference::/)];
    const { dependencies } = named("web-1-asks-db-1");
    expect(dependencies).toMatchObject({ connection: reference, create: reference, triggers: reference });
  });

  it("exports the answers and the names of all nodes", () => {
    expect(outcome.exported).toEqual({
      peers: network.values.fqdns,
      answers: ["answer to web-1-asks-db-1", "answer to web-2-asks-db-1"],
    });
  });

  it("goes through the mesh when it runs in the tailnet", async () => {
    const { registered } = await run({ web: ["web-1"], inTailnet: true });
    expect(registered[0]!.inputs["connection"]).toMatchObject({ host: "web-1.mesh.example.com" });
  });
});
