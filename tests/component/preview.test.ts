/** The component at preview, with servers that do not exist yet: the same as after `up`, as far as it can be known. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Host as HostClass, HostArgs, HostSettings, Mesh as MeshClass, Network } from "../../mesh";
import { check } from "../../mesh/handlers";

const network: Network = {
  provider: "headscale",
  providers: {
    headscale: {
      login_server: "https://headscale.example.com",
      tailnet_domain: "mesh.example.com",
      default_tags: ["tag:prod"],
      role_tags: { db: ["tag:db"] },
    },
  },
};

/** A resource of another package; what it is told about itself is known once it exists. */
class Server extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<string[]>;

  constructor(name: string) {
    super("cloud:index:Server", name, { address: undefined, labels: undefined });
  }
}

/** What the engine puts in place of a value that is not known yet. */
const UNKNOWN = pulumi.runtime.unknownValue;

type Inputs = Record<string, unknown>;

let Mesh: typeof MeshClass;
let Host: typeof HostClass;
const declared = new Map<string, Inputs>();

beforeAll(async () => {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => {
      declared.set(name, inputs as Inputs);
      return { id: "", state: inputs as Inputs };
    },
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", true);
  ({ Mesh, Host } = await import("../../mesh/index.js"));
});

/** The value at preview, or UNKNOWN. */
async function previewOf(value: pulumi.Output<unknown>): Promise<unknown> {
  const { promise, isKnown } = value as unknown as {
    promise: (withUnknowns: boolean) => Promise<unknown>;
    isKnown: Promise<boolean>;
  };
  const inner = await promise(true);
  return (await isKnown) ? inner : UNKNOWN;
}

/** What `check` says of the inputs, which come to the dynamic provider's process with markers for what is unknown. */
async function failuresOf(resource: string): Promise<unknown> {
  const marked = JSON.stringify(declared.get(resource), (_key, value: unknown) =>
    pulumi.isUnknown(value) ? UNKNOWN : value,
  );
  return (await check({}, JSON.parse(marked) as Inputs)).failures;
}

describe("a host whose server does not exist yet", () => {
  const server = () => new Server("server");
  const settings: Readonly<Record<string, (server: Server) => HostSettings>> = {
    address: ({ address }) => ({ connection: { host: address, user: "admin" } }),
    "whole connection": ({ address }) => ({ connection: address.apply((host) => ({ host })) }),
    "tag beside a known one": ({ address }) => ({
      tags: ["tag:web", address.apply((text) => `tag:${text}`)],
    }),
    tags: ({ labels }) => ({ tags: labels }),
    roles: ({ labels }) => ({ roles: labels }),
    flags: ({ labels }) => ({ flags: labels.apply(() => ({ ssh: true })) }),
  };

  it.each(Object.keys(settings))("with unknown %s has a known FQDN and no failure", async (what) => {
    const name = what.replaceAll(" ", "-");
    // One program each: here they share a process, where one address twice is a mistake.
    const connection = { host: `${name}.example.com` };
    const mesh = new Mesh(name, {
      network,
      hosts: { "web-1": { connection, ...settings[what]!(server()) } },
    });
    expect(await previewOf(mesh.hosts["web-1"].fqdn)).toBe("web-1.mesh.example.com");
    expect(await previewOf(mesh.fqdns)).toEqual({ "web-1": "web-1.mesh.example.com" });
    expect(JSON.stringify(declared.get(`${name}-web-1`))).toContain("__pulumiUnknown");
    expect(await failuresOf(`${name}-web-1`)).toEqual([]);
  });

  it("has no FQDN while its name is unknown, and no failure either", async () => {
    const args: HostArgs = { network, nodeName: server().address, connection: { host: "203.0.113.7" } };
    expect(await previewOf(new Host("unnamed", args).fqdn)).toBe(UNKNOWN);
    expect(await failuresOf("unnamed")).toEqual([]);
  });

  it("has no FQDN while the network is unknown, and no failure either", async () => {
    const later = server().address.apply(() => network);
    expect(await previewOf(new Host("lost", { network: later, nodeName: "web-1" }).fqdn)).toBe(UNKNOWN);
    expect(await failuresOf("lost")).toEqual([]);
  });

  it("has a known FQDN and known tags while only the control server is unknown", async () => {
    const { address } = server();
    const login_server = pulumi.interpolate`https://${address}`;
    const headscale = { ...network.providers.headscale!, login_server };
    const host = new Host("served", {
      network: { provider: "headscale", providers: { headscale } },
      connection: { host: "served.example.com" },
    });
    expect(await previewOf(host.fqdn)).toBe("served.mesh.example.com");
    expect(declared.get("served")).toMatchObject({
      tags: ["tag:prod"],
      network: { providers: { headscale: { tailnet_domain: "mesh.example.com" } } },
    });
    expect(await failuresOf("served")).toEqual([]);
  });

  it("has no FQDN while the mesh's domain is unknown, and no failure either", async () => {
    const headscale = { ...network.providers.headscale!, tailnet_domain: server().address };
    const later = { provider: "headscale", providers: { headscale } };
    const host = new Host("nowhere", { network: later, connection: { host: "nowhere.example.com" } });
    expect(await previewOf(host.fqdn)).toBe(UNKNOWN);
    expect(await failuresOf("nowhere")).toEqual([]);
  });

  it("has connections that nobody uses yet: the host key is not known", async () => {
    const mesh = new Mesh("later", { network, hosts: { "web-1": { connection: { host: "203.0.113.7" } } } });
    expect(await previewOf(mesh.hosts["web-1"].connection)).toBe(UNKNOWN);
    expect(await previewOf(mesh.hosts["web-1"].meshConnection)).toBe(UNKNOWN);
  });
});

describe("a mistake beside an unknown value", () => {
  it("is reported at preview with its path", async () => {
    const { address } = new Server("server");
    const flags = pulumi.output({ ssh: "yes" }); // what is plain is checked before
    const connection = { host: address };
    // @ts-expect-error -- the compiler knows better; a program in JavaScript has only the check
    const host = new Host("flag", { network, nodeName: "web-1", connection, flags });
    await previewOf(host.fqdn);
    expect(await failuresOf("flag")).toEqual([
      { property: "flags", reason: "flags.ssh: expected a boolean, got string" },
    ]);
  });

  it("in a role is reported on the host, with a proposal", async () => {
    const { address } = new Server("server");
    const host = new Host("role", { network, connection: { host: address }, roles: pulumi.output(["dbb"]) });
    await previewOf(host.fqdn);
    expect(await failuresOf("role")).toMatchObject([
      {
        property: "roles",
        reason: expect.stringContaining('roles[0]: "dbb" is not in role_tags; did you mean "db"?'),
      },
    ]);
  });
});
