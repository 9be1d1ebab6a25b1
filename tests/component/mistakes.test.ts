/** Mistakes in a program, found before anything is registered: under mocks, too, and whatever a compiler would have said. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { register } from "../../providers";
import type * as Package from "../../mesh";
import { isMeshError, type MeshError } from "../../errors";
import { temporaryFolder } from "../support/temporary-folder";

let mesh: typeof Package;
const registered: string[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push(name);
      return { id: name, state: inputs as object };
    },
    call: () => ({}),
  });
  mesh = await import("../../mesh/index.js");
});
beforeEach(() => void registered.splice(0));

/** The error that the program ends with. Programs in JavaScript may pass anything. */
function refusalOf(...args: readonly unknown[]): MeshError {
  const create = mesh.Mesh as unknown as new (...args: readonly unknown[]) => unknown;
  return thrownBy(() => new create("mesh", ...args));
}

function thrownBy(program: () => unknown): MeshError {
  try {
    program();
  } catch (error) {
    if (isMeshError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const block = { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" };
const network = { provider: "headscale", providers: { headscale: block } };

describe("a mesh with mistakes", () => {
  it("names them all at once, those of every host, and registers nothing", () => {
    const error = refusalOf({
      network: { provider: "headscale", providers: { headscale: { ...block, login_serer: "x" } } },
      hosts: {
        "web-1": { tags: ["prod"], flags: { shs: true } },
        "web-2": { conection: {}, connection: { host: "203.0.113.8:22" } },
        Db_1: {},
      },
    });
    expect(error.kind).toBe("invalid-config");
    expect(error.detail.split("\n").map((line) => line.trim())).toEqual([
      "5 mistakes",
      '- network.providers.headscale: unknown key "login_serer"; did you mean "login_server"?',
      '- hosts.web-1.tags[0]: tag "prod" must start with "tag:"; write "tag:prod"',
      '- hosts.web-2.connection.host: is more than an address; write host: "203.0.113.8", port: 22',
      '- hosts.web-2: unknown key "conection"; did you mean "connection"?',
      '- hosts.Db_1: hostname "Db_1" may hold only a-z, 0-9 and hyphens; write "db-1"',
    ]);
    expect(registered).toEqual([]);
  });

  it.each([
    ["without arguments", [], /2 mistakes\n.*network: missing, expected an object\n.*hosts: missing/s],
    ["without a network", [{ hosts: {} }], /network: missing, expected an object/],
    ["without providers", [{ network: { provider: "headscale" }, hosts: {} }], /network\.providers: missing/],
    ["without hosts", [{ network }], /hosts: missing, expected an object/],
    ["with hosts in a list", [{ network, hosts: ["a"] }], /hosts: expected an object, got list/],
    [
      "with a host that is none",
      [{ network, hosts: { a: "b" } }],
      /hosts\.a: expected an object, got string/,
    ],
    [
      "with an unknown provider",
      [{ network: { provider: "headscal", providers: { headscale: block } }, hosts: {} }],
      /network\.provider: "headscal" has no block under providers; did you mean "headscale"\?/,
    ],
    [
      "with a provider that nobody registers",
      [{ network: { provider: "headscal", providers: { headscal: block } }, hosts: {} }],
      /network\.provider: no network provider "headscal" is registered; did you mean "headscale"\?/,
    ],
    [
      "with a flag that is misspelt",
      [{ network, hosts: { a: { flags: { shs: true } } } }],
      /hosts\.a\.flags: unknown flag "shs"/,
    ],
    [
      "with a role that is misspelt",
      [
        {
          network: { provider: "headscale", providers: { headscale: { ...block, role_tags: { db: [] } } } },
          hosts: { a: { roles: ["dbb"] } },
        },
      ],
      /hosts\.a\.roles\[0\]: "dbb" is not in role_tags; did you mean "db"\?/,
    ],
    [
      "with a host that is tuned for routing and routes nothing",
      [{ network, defaults: { udpGro: true }, hosts: { a: {}, b: { udpGro: false } } }],
      /^invalid config: hosts\.a\.udpGro: is for a host that routes: .*\(where all hosts share it, udpGro: false\)\./,
    ],
    [
      "with this machine in the mesh first",
      [{ network, hosts: { a: { connection: "local", reach: "mesh-first" } } }],
      /hosts\.a\.reach: "mesh-first" has no meaning where the connection is local/,
    ],
    [
      "with two hosts at one address",
      [{ network, hosts: { a: { connection: { host: "x" } }, b: { connection: { host: "X" } } } }],
      /hosts\.b\.connection: leads to the same host as that of a/,
    ],
  ])("%s is refused in a sentence", (_what, args, message) => {
    expect(refusalOf(...args).message).toMatch(message);
    expect(registered).toEqual([]);
  });

  it("names the file that its network is from", () => {
    const folder = temporaryFolder("stack");
    const file = join(folder, "stagecraft.yml");
    writeFileSync(
      file,
      "network: { provider: headscale, providers: { headscale: { tailnet_domain: a.example } } }",
    );
    const error = refusalOf({ network: mesh.loadNetwork({ folder }), hosts: {} });
    expect(error.message).toMatch(/network\.providers\.headscale\.login_server: must be a URL/);
    expect(error.remedy).toContain(file);
  });

  it("tells a mistake in what all hosts share once, and two hosts that it leads to one address", () => {
    const hosts = { a: { connection: { host: "x" } }, b: { connection: { host: "x", port: 22 } } };
    const wrong = { connection: { usr: "admin", host: "x" }, tags: ["prod"], aliases: ["c"] };
    expect(refusalOf({ network, hosts: { a: {}, b: {} }, defaults: wrong }).detail).toMatch(
      /^2 mistakes\n.*defaults\.aliases: belongs to one host.*\n.*defaults\.connection\.host: belongs to one host/,
    );
    expect(
      refusalOf({ network, hosts, defaults: { connection: { usr: "a" }, tags: ["prod"] } }).detail,
    ).toMatch(
      /^3 mistakes\n.*defaults\.connection: unknown key "usr".*\n.*defaults\.tags\[0\]: tag "prod" must.*\n.*hosts\.b\.connection: leads/,
    );
    expect(refusalOf({ network, hosts: {}, defaults: { connection: "local" } }).message).toMatch(
      /defaults\.connection: belongs to one host/,
    );
    expect(refusalOf({ network, hosts: {}, defaults: pulumi.output({ tags: ["tag:a"] }) }).message).toMatch(
      /defaults: expected an object, got an output/,
    );
    expect(refusalOf({ network, hosts: {}, defaults: [] }).message).toMatch(/defaults: expected an object/);
    const apart = { a: { connection: { host: "x" } }, b: { connection: { host: "x", port: 22 } } };
    expect(refusalOf({ network, hosts: apart, defaults: { connection: { port: 22 } } }).message).toMatch(
      /hosts\.b\.connection: leads to the same host as that of a/,
    );
  });

  it("says nothing of what only the engine will know", async () => {
    const { hosts } = new mesh.Mesh("later", {
      network: {
        provider: "headscale",
        providers: { headscale: { ...block, login_server: pulumi.output("x") } },
      },
      hosts: { "web-1": { tags: [pulumi.output("prod")], connection: pulumi.output({ host: "a:b" }) } },
    });
    await new Promise((resolve) => hosts["web-1"].urn.apply(resolve));
    expect(registered.sort()).toEqual(["later", "later-web-1"]);
  });
});

describe("a host of its own", () => {
  it("is checked in the same way", () => {
    const create = mesh.Host as unknown as new (name: string, args: unknown) => unknown;
    expect(thrownBy(() => new create("web_1", { network, tags: ["prod"] })).detail).toMatch(
      /nodeName: hostname "web_1" may hold.*\n.*tags\[0\]: tag "prod" must/,
    );
    expect(thrownBy(() => new create("web-1", undefined)).message).toMatch(/network: missing/);
    expect(thrownBy(() => new create("web-1", { network, aliases: ["web-0"] })).message).toMatch(
      /unknown key "aliases"/,
    );
  });
});

it("the schema of a provider of one's own is asked, too, whatever library it is of", () => {
  register({
    id: "radio",
    schema: {
      "~standard": {
        version: 1,
        vendor: "own",
        validate: () => ({ issues: [{ message: "no such channel", path: ["channel"] }] }),
      },
    },
    nodeFQDN: (host) => `${host}.lan`,
    ensureInstalled: () => Promise.resolve(),
    ensureJoined: () => Promise.resolve(),
  });
  const radio = { provider: "radio", providers: { radio: { channel: 99 } } };
  expect(refusalOf({ network: radio, hosts: {} }).message).toMatch(
    /network\.providers\.radio\.channel: no such channel/,
  );
});

it("a mesh without hosts says what becomes of those that it had", () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  new mesh.Mesh("empty", { network, hosts: {} });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining("this mesh has no hosts"), expect.anything());
});

it("an error that is thrown ends a program with its message alone", () => {
  const error = thrownBy(() => mesh.loadNetwork({ folder: "./nowhere" }));
  expect(pulumi.RunError.isInstance(error)).toBe(true);
});

describe("a program without mistakes", () => {
  const declared = { web: ["tag:web"] };
  it.each<[string, object]>([
    [
      "whose tags of roles come later",
      {
        network: {
          provider: "headscale",
          providers: { headscale: { ...block, role_tags: pulumi.output(declared) } },
        },
        hosts: { "web-1": { roles: ["web"] } },
      },
    ],
    [
      "whose blocks come later",
      {
        network: { provider: "headscale", providers: pulumi.output({ headscale: block }) },
        hosts: { "web-1": {} },
      },
    ],
    [
      "with fields that are undefined, as a condition leaves them",
      {
        network: {
          provider: "headscale",
          providers: { headscale: { ...block, role_tags: { web: [], db: undefined } } },
        },
        hosts: {
          "web-1": {
            flags: { "exit-node": undefined },
            extraFlags: { foo: undefined },
            connection: { client: "openssh", host: "web-1", proxy: undefined, privateKey: undefined },
          },
        },
      },
    ],
    [
      "whose auth key comes to nothing",
      { network, hosts: { "web-1": pulumi.output({ connection: { host: "203.0.113.8" } }) } },
    ],
  ])("%s, is taken", (_what, args) => {
    expect(() => new mesh.Mesh("mesh", args as never)).not.toThrow();
  });
});
