/** A preview that may look says what `pulumi up` would do on each host, and reaches none that it may not. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, expect, it, jest } from "@jest/globals";
import type * as Package from "../../mesh";
import { plan } from "../../mesh/look/preview";
import { register, type NodeState } from "../../providers";
import { declared, look, node, outOfReach } from "../unit/cli/support";
import { TestServer } from "../unit/transport/support/server";

const looked: string[] = [];
const said: string[] = [];
let mesh: typeof Package;

beforeAll(async () => {
  const mocks = {
    newResource: ({ inputs }: pulumi.runtime.MockResourceArgs) => ({ id: "", state: inputs as object }),
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", true);
  jest.spyOn(pulumi.log, "info").mockImplementation((text) => Promise.resolve(void said.push(text)));
  mesh = await import("../../mesh/index.js");
  register({
    id: "radio",
    nodeFQDN: (host) => `${host}.lan`,
    ensureInstalled: () => Promise.reject(new Error("installed at preview")),
    ensureJoined: () => Promise.reject(new Error("joined at preview")),
    inspect: (_ctx, { host }) => {
      looked.push(host);
      return Promise.resolve(undefined as NodeState | undefined);
    },
  });
});
beforeEach(() => void [looked.splice(0), said.splice(0)]);

const network = { provider: "radio", providers: { radio: {} } };

/** A resource of another package, which does not exist yet. */
class Server extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;

  constructor(name: string) {
    super("cloud:index:Server", name, { address: undefined });
  }
}

it("looks where it is asked to, at hosts that are known", async () => {
  const connection = { host: new Server("server").address };
  const unseen = new mesh.Mesh("unseen", { network, hosts: { "web-2": { connection: "local" } } });
  const seen = new mesh.Mesh("seen", {
    network,
    defaults: { probeOnPreview: true },
    hosts: { "web-1": { connection: "local" }, "web-3": { connection } },
  });
  for (const { urn } of [unseen.hosts["web-2"], seen.hosts["web-3"], seen.hosts["web-1"]])
    await new Promise((resolve) => urn.apply(resolve));
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(looked).toEqual(["web-1"]);
  expect(said).toEqual(["web-1: would join as web-1.lan"]);
});

it("shows no password to a host whose key only the state knows", async () => {
  await using server = await TestServer.start({ password: "canary-1" });
  const { host, port } = server.connection();
  const declare = (name: string, more: object) =>
    new mesh.Host(name, {
      network,
      probeOnPreview: true,
      connection: { host, port, user: "tester", ...more },
    });
  declare("web-5", { password: "canary-1" });
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(said).toEqual([
    expect.stringMatching(/^web-5: could not be looked at: .*unknown keys are refused$/),
  ]);
  expect(server.attempts).toEqual([]);

  // The same with the key named is looked at.
  declare("web-6", { password: "canary-1", hostKey: server.hostKeys[0]!.public });
  while (said.length === 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(server.attempts).toContain("password");
});

it.each<[string, Parameters<typeof look>[1], string]>([
  ["is right", {}, "is as declared, web-1.demo.mesh"],
  [
    "has nothing",
    {
      joined: undefined,
      node: undefined,
      drift: ["the tailscale client is not on PATH"],
      survey: { ...none(), install: "install the client from the apt repository", isBare: true },
    },
    "would install the client from the apt repository, join as web-1.demo.mesh",
  ],
  [
    "is not as declared",
    { drift: ["the node lacks tag:b", "the flag ssh is false, expected true"] },
    "would mend that the node lacks tag:b, mend that the flag ssh is false, expected true",
  ],
  [
    "is of another version",
    {
      drift: ["the client's version is 1.80.0, install.version is 1.98.1"],
      survey: {
        ...none(),
        install:
          "mend the client (the client's version is 1.80.0, install.version is 1.98.1) from the apt repository, 1.98.1",
      },
    },
    "would mend the client (the client's version is 1.80.0, install.version is 1.98.1) from the apt repository, 1.98.1",
  ],
  [
    "is another's",
    {
      host: declared("web-1", { progressUrn: "urn:mine" }),
      survey: { ...none(), holder: { id: "d", label: "urn:theirs" } },
    },
    "would take it over from urn:theirs",
  ],
  [
    "cannot have a client",
    {
      joined: false,
      survey: { ...none(), findings: [{ check: "client", level: "fault", text: "there is no way" }] },
    },
    "would join as web-1.demo.mesh; there is no way",
  ],
  ["has a warning", { warnings: ["MagicDNS is off"] }, "is as declared, web-1.demo.mesh; MagicDNS is off"],
])("of a host that %s says what would come", (_what, more, text) => {
  expect(plan(look("web-1", { node: node("web-1"), ...more }))).toBe(text);
});

it("says of a host out of reach why it was not looked at", () => {
  expect(plan(outOfReach("web-2"))).toBe("could not be looked at: no answer within 15 s");
});

function none() {
  return { findings: [], links: [], routes: { advertised: [] } };
}
