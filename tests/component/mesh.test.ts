import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { asGiven } from "../../mesh/connection";
import type { Host as HostClass, HostSettings, Mesh as MeshClass, MeshArgs, Network } from "../../mesh";

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const network: Network = {
  provider: "headscale",
  providers: {
    headscale: {
      login_server: "https://headscale.example.com",
      tailnet_domain: "mesh.example.com",
      auth_key_env: "HS_AUTHKEY",
      default_tags: ["tag:prod"],
      role_tags: { db: ["tag:db", "tag:prod"] },
    },
  },
};

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("the component", () => {
  let declared: Declared[];
  let Mesh: typeof MeshClass;
  let Host: typeof HostClass;

  beforeEach(() => {
    declared = [];
  });

  // Once for all tests: registrations that are under way would otherwise meet another monitor.
  beforeAll(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs: inputs as Record<string, unknown> });
        return {
          id: name,
          state: {
            ...(inputs as object),
            addresses: ["100.64.0.1"],
            nodeId: "7",
            hostKey: "ssh-ed25519 AAAA",
          },
        };
      },
      call: () => ({}),
    });
    ({ Host, Mesh } = await import("../../mesh/index.js"));
  });

  const declare = async (hosts: MeshArgs["hosts"], defaults?: MeshArgs["defaults"]) => {
    const mesh = new Mesh("mesh", { network, hosts, defaults });
    await Promise.all(Object.values(mesh.hosts).map(({ urn }) => valueOf(urn)));
    return mesh;
  };
  const host = (name: string) => declared.find((resource) => resource.name === name)!.inputs;

  it("declares one resource for each host, with a readable type", async () => {
    await declare({ "web-1": {}, "web-2": {} });
    expect(declared.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "pulumi-mesh:index:Mesh mesh",
      "pulumi-nodejs:dynamic/mesh:Host mesh-web-1",
      "pulumi-nodejs:dynamic/mesh:Host mesh-web-2",
    ]);
  });

  it("unites the tags of default, roles and host, sorted, without duplicates", async () => {
    await declare({ "db-1": { roles: ["db"], tags: ["tag:a", "tag:prod"] } });
    expect(host("mesh-db-1")["tags"]).toEqual(["tag:a", "tag:db", "tag:prod"]);
  });

  it("serves ports whose places are outputs of other resources, those of all hosts, too", async () => {
    const to = pulumi.output(3000).apply((port) => `http://127.0.0.1:${port}`);
    const ofAll = [{ tcp: 9100, to: "tcp://127.0.0.1:9100" }];
    await declare({ "web-1": { serve: [{ http: 80, to }] }, "web-2": {} }, { serve: ofAll });
    expect(host("mesh-web-1")["serve"]).toEqual([...ofAll, { http: 80, to: "http://127.0.0.1:3000" }]);
    expect(host("mesh-web-2")["serve"]).toEqual(ofAll);
  });

  it("knows each FQDN before any host is reached", async () => {
    const mesh = await declare({ "web-1": {}, "web-2": {} });
    expect(host("mesh-web-1")["fqdn"]).toBe("web-1.mesh.example.com");
    expect(await valueOf(mesh.fqdns)).toEqual({
      "web-1": "web-1.mesh.example.com",
      "web-2": "web-2.mesh.example.com",
    });
  });

  it("reaches a host by its name when it has no connection", async () => {
    await declare({ "web-1": {} });
    expect(host("mesh-web-1")["connection"]).toEqual({ host: "web-1" });
  });

  it("takes outputs of other resources for names, tags, flags and connections", async () => {
    await declare({
      "web-1": {
        connection: { host: pulumi.output("203.0.113.8"), port: pulumi.output(2222) },
        tags: [pulumi.output("tag:web")],
        flags: pulumi.output({ ssh: true }),
      },
    });
    expect(host("mesh-web-1")).toMatchObject({
      connection: { host: "203.0.113.8", port: 2222 },
      tags: ["tag:prod", "tag:web"],
      flags: { ssh: true },
    });
  });

  it("takes a host whose settings are all an output, or a promise", async () => {
    await declare({
      "web-1": pulumi.output({
        connection: { host: "203.0.113.8" },
        tags: ["tag:web"],
        onDestroy: "keep" as const,
      }),
      "web-2": Promise.resolve({ tags: ["tag:web"] }),
    });
    expect(host("mesh-web-1")).toMatchObject({
      connection: { host: "203.0.113.8" },
      tags: ["tag:prod", "tag:web"],
      onDestroy: "keep",
    });
    expect(host("mesh-web-2")).toMatchObject({
      connection: { host: "web-2" },
      tags: ["tag:prod", "tag:web"],
    });
  });

  it("gives every host the defaults, under what it says itself", async () => {
    const defaults: MeshArgs["defaults"] = {
      connection: { user: "admin", port: pulumi.output(2222) },
      tags: ["tag:fleet"],
      flags: { ssh: true, "accept-routes": true },
      onDestroy: "keep",
    };
    const later = pulumi.output({ connection: { host: "203.0.113.9" }, flags: { ssh: false } });
    await declare(
      {
        "web-1": {},
        "web-2": {
          connection: { host: "203.0.113.8", user: "root" },
          tags: ["tag:web"],
          onDestroy: "logout",
        },
        "web-3": { connection: "local", flags: pulumi.output({ ssh: false }) },
        "web-4": later,
        "web-5": pulumi.output({}),
      },
      defaults,
    );
    const all = { user: "admin", port: 2222 };
    const [ssh, routes] = [{ ssh: true }, { "accept-routes": true }];
    const fleet = ["tag:fleet", "tag:prod"];
    const expected = {
      "web-1": {
        connection: { host: "web-1", ...all },
        tags: fleet,
        flags: { ...ssh, ...routes },
        onDestroy: "keep",
      },
      "web-2": {
        connection: { host: "203.0.113.8", user: "root", port: 2222 },
        tags: [...fleet, "tag:web"],
        onDestroy: "logout",
      },
      "web-3": { connection: "local", flags: { ssh: false, ...routes } },
      "web-4": {
        connection: { host: "203.0.113.9", ...all },
        flags: { ssh: false, ...routes },
        onDestroy: "keep",
      },
      "web-5": { connection: { host: "web-5", ...all }, tags: fleet, onDestroy: "keep" },
    };
    for (const [name, settings] of Object.entries(expected))
      expect(host(`mesh-${name}`)).toMatchObject(settings);
  });

  it("passes on resource options of a host", async () => {
    const first = new Host("first", { network });
    const mesh = await declare({ "web-1": { options: { dependsOn: first, protect: true } }, "web-2": {} });
    const isProtected = (each: HostClass) => (each as unknown as { __protect?: boolean }).__protect;
    expect([isProtected(mesh.hosts["web-1"]!), isProtected(mesh.hosts["web-2"]!)]).toEqual([true, undefined]);
  });

  it.each<[unknown, RegExp]>([
    [
      { "web-1": { conection: "local" } },
      /hosts\.web-1: unknown key "conection"; did you mean "connection"\?/,
    ],
    [{ "web-1": "203.0.113.8" }, /hosts\.web-1: expected an object, got string/],
    [{ "web-1": null }, /hosts\.web-1: expected an object, got null/],
    [pulumi.output({ "web-1": {} }), /hosts: expected an object with a key for each host, got an output/],
    [[{}], /hosts: expected an object, got list/],
  ])("ignores nothing: %p", (hosts, message) => {
    expect(() => new Mesh("mesh", { network, hosts: hosts as never })).toThrow(message);
  });

  it("ignores nothing of an output's value either: aliases have to be known at once", async () => {
    const { mustBeSettings } = await import("../../mesh/host-settings.js");
    expect(() => mustBeSettings("hosts.web-1", { aliases: ["old-1"] })).toThrow(
      /hosts\.web-1: unknown key "aliases"/,
    );
  });

  it("does not need the component: a host can be declared alone", async () => {
    const alone = new Host("web-9", { network, connection: "local", authKey: "tskey-canary" });
    await valueOf(alone.urn);
    expect(host("web-9")).toMatchObject({
      nodeName: "web-9",
      fqdn: "web-9.mesh.example.com",
      connection: "local",
      tags: ["tag:prod"],
    });
    expect(await valueOf(alone.connection)).toEqual({ host: "localhost" });
    expect(await valueOf(alone.meshConnection)).toEqual({ host: "web-9.mesh.example.com" });
  });

  describe("offers two connections to each host", () => {
    const file = join(mkdtempSync(join(tmpdir(), "pulumi-mesh-key-")), "id");
    beforeAll(() => writeFileSync(file, "KEY"));
    afterAll(() => rmSync(dirname(file), { recursive: true }));

    const given = {
      host: "203.0.113.8",
      user: "admin",
      privateKeyPath: file,
      proxy: { host: "203.0.113.1", password: "pw", privateKeyPath: file },
    };

    /** Both, read at once: the key's file is gone after the tests. */
    const offer = async (connection: HostSettings["connection"]) => {
      const mesh = await declare({ "web-1": { connection } });
      const both = [mesh.hosts["web-1"]!.connection, mesh.hosts["web-1"]!.meshConnection];
      const [direct, through] = await Promise.all(both.map((each) => valueOf<unknown>(each)));
      return { direct, through, secret: await Promise.all(both.map((each) => pulumi.isSecret(each))) };
    };

    it("the given one, with the keys instead of their files and the host key that was seen", async () => {
      const { direct, secret } = await offer(given);
      expect(direct).toEqual({
        host: "203.0.113.8",
        user: "admin",
        privateKey: "KEY",
        hostKey: "ssh-ed25519 AAAA",
        proxy: { host: "203.0.113.1", password: "pw", privateKey: "KEY" },
      });
      expect(secret[0]).toBe(true);
    });

    it("the one through the mesh, without the proxy", async () => {
      const { through, secret } = await offer(given);
      expect(through).toEqual({
        host: "web-1.mesh.example.com",
        user: "admin",
        privateKey: "KEY",
        hostKey: "ssh-ed25519 AAAA",
      });
      expect(secret[1]).toBe(true);
    });

    it("and needs no key file for who uses neither", async () => {
      const missing = join(dirname(file), "missing");
      const mesh = await declare({
        "web-1": { connection: { host: "203.0.113.8", privateKeyPath: missing } },
      });
      expect(await valueOf(mesh.hosts["web-1"]!.fqdn)).toBe("web-1.mesh.example.com");
      expect(() => asGiven({ host: "h", privateKeyPath: missing }, undefined)).toThrow(
        /^invalid config: cannot read the private key file .*missing: ENOENT/,
      );
    });

    it("both readable when they hold no secret", async () => {
      expect((await offer({ host: "203.0.113.8" })).secret).toEqual([false, false]);
    });

    it("and declares the given one as it is: no key is stored that was not given", async () => {
      await offer({ host: "203.0.113.8", privateKeyPath: file });
      expect(host("mesh-web-1")["connection"]).toEqual({ host: "203.0.113.8", privateKeyPath: file });
    });
  });

  it("stores one small shim, the same for every host", async () => {
    await declare({ "web-1": {}, "db-1": { roles: ["db"], flags: { ssh: true } } });
    const shims = declared.flatMap(({ inputs }) =>
      typeof inputs["__provider"] === "string" ? [inputs["__provider"]] : [],
    );
    expect(shims).toHaveLength(2);
    expect(new Set(shims).size).toBe(1);
    expect(shims[0]!.length).toBeLessThanOrEqual(200);
    expect(shims[0]).toContain("pulumi-mesh/handlers");
    expect(shims[0]).not.toMatch(/vite|\/work|\/home/);
  });
});
