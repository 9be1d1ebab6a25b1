import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { hostsExample, parseHosts } from "../../../config";
import { mustRefuse } from "./support";

const connectionSchema = z.union([
  z.literal("local"),
  z.strictObject({ host: z.string().min(1), port: z.number().int().optional(), user: z.string().optional() }),
]);
const parseAll = (value: unknown) => parseHosts(value, { connectionSchema });
const refusal = (value: unknown) => mustRefuse(() => parseAll(value));

describe("parseHosts", () => {
  it("gives every host its connection, roles, tags and flags", () => {
    const db = {
      connection: { host: "203.0.113.7", user: "admin" },
      roles: ["db"],
      tags: ["tag:x"],
      flags: { ssh: true },
    };
    expect(parseAll({ "plat-db-1": db })).toEqual({ "plat-db-1": db });
  });

  it("reaches a host by its name where nothing else is said", () => {
    const host = (connection: unknown) => ({ connection, roles: [], tags: [], flags: {} });
    expect(
      parseAll({ a: {}, b: null, c: { connection: { port: 2222 } }, d: { connection: "local" } }),
    ).toEqual({
      a: host({ host: "a" }),
      b: host({ host: "b" }),
      c: host({ host: "c", port: 2222 }),
      d: host("local"),
    });
  });

  it("gives every host what all share, under what it says itself", () => {
    const defaults = { connection: { user: "admin", port: 2222 }, tags: ["tag:fleet"], onDestroy: "keep" };
    const hosts = { a: null, b: { connection: { user: "root" }, tags: ["tag:b"], onDestroy: "logout" } };
    expect(parseHosts(hosts, { connectionSchema, defaults })).toMatchObject({
      a: { connection: { host: "a", user: "admin", port: 2222 }, tags: ["tag:fleet"], onDestroy: "keep" },
      b: {
        connection: { host: "b", user: "root", port: 2222 },
        tags: ["tag:fleet", "tag:b"],
        onDestroy: "logout",
      },
    });
    const serve = (port: number) => [{ tcp: port, to: "tcp://127.0.0.1:9100" }];
    expect(
      parseHosts({ a: { serve: serve(80) } }, { connectionSchema, defaults: { serve: serve(9100) } }),
    ).toMatchObject({ a: { serve: [...serve(9100), ...serve(80)] } });
    expect(
      mustRefuse(() =>
        parseHosts({ a: { serve: serve(9100) } }, { connectionSchema, defaults: { serve: serve(9100) } }),
      ),
    ).toContain("port 9100 is served already");
    const ofAll = { port: 1, flags: { verbose: 1, debug: ":1" }, env: { A: "1" } };
    const daemon = { port: 2, flags: { verbose: 2 } };
    expect(
      parseHosts({ a: { daemon }, b: {} }, { connectionSchema, defaults: { daemon: ofAll } }),
    ).toMatchObject({
      a: { daemon: { port: 2, flags: { verbose: 2, debug: ":1" }, env: { A: "1" } } },
      b: { daemon: ofAll },
    });
    expect(
      parseHosts({ a: { udpGro: false }, b: {} }, { connectionSchema, defaults: { udpGro: true } }),
    ).toMatchObject({ a: { udpGro: false }, b: { udpGro: true } });
    expect(parseHosts({ a: null }, { connectionSchema, defaults: { onDestroy: "keep" } })).toMatchObject({
      a: { connection: { host: "a" }, onDestroy: "keep" },
    });
    const wrong = { connectionSchema, at: "shop:hosts", defaults: { connection: { host: "x" } } };
    expect(mustRefuse(() => parseHosts(hosts, wrong))).toMatch(
      /shop:defaults\.connection\.host: belongs to one host, not to all/,
    );
  });

  it("takes no hosts, and hosts that share an address", () => {
    expect(parseAll({})).toEqual({});
    const shared = { connection: { host: "203.0.113.7" } };
    expect(Object.keys(parseAll({ a: shared, b: shared }))).toEqual(["a", "b"]);
  });

  it("says what to set, with an example to copy, when there is nothing", () => {
    expect(refusal(undefined)).toMatchInlineSnapshot(`
      "invalid config: hosts: the stack configuration names no hosts. Write into Pulumi.<stack>.yaml:

          config:
            pulumi-mesh:hosts:
              web-1:
                connection: { host: 203.0.113.8, user: root }"
    `);
    const { config } = parse(hostsExample("shop:hosts")) as { config: Record<string, unknown> };
    expect(parseAll(config["shop:hosts"])).toHaveProperty("web-1");
  });

  it("refuses bad names", () => {
    expect(refusal({ "Plat-DB-1": {} })).toMatchInlineSnapshot(
      `"invalid config: hosts.Plat-DB-1: hostname "Plat-DB-1" must be in lower case; write "plat-db-1". Correct it and run again."`,
    );
    expect(refusal({ "db.example.com": {} })).toMatchInlineSnapshot(
      `"invalid config: hosts["db.example.com"]: hostname "db.example.com" must be one label, without dots; write "db". Correct it and run again."`,
    );
  });

  it("names every mistake of every host", () => {
    expect(
      refusal({
        "plat-db-1": { conection: { host: "a" }, roles: "db", tags: ["prod", "tag:ok"] },
        "plat-web-1": { connection: { host: "a", prot: 22 }, flags: { "--ssh": true } },
        "plat-web-2": "203.0.113.9",
        "plat-web-3": { connection: 7, roles: ["tag:db"] },
      }),
    ).toMatchInlineSnapshot(`
      "invalid config: 8 mistakes
        - hosts.plat-db-1.roles: expected a list, got string
        - hosts.plat-db-1.tags[0]: tag "prod" must start with "tag:"; write "tag:prod"
        - hosts.plat-db-1: unknown key "conection"; did you mean "connection"?
        - hosts.plat-web-1.connection: unknown key "prot"; did you mean "port"?
        - hosts.plat-web-1.flags["--ssh"]: flag "--ssh" is written without leading dashes; write "ssh"
        - hosts.plat-web-2: expected an object, got string
        - hosts.plat-web-3.connection: expected "local" or an object, got number
        - hosts.plat-web-3.roles[0]: role "tag:db" is a tag; write it under tags
      Correct them and run again."
    `);
    expect(refusal(["a", "b"])).toMatchInlineSnapshot(
      `"invalid config: hosts: expected an object, got list. Correct it and run again."`,
    );
  });

  it("uses the path that the caller knows", () => {
    expect(
      mustRefuse(() => parseHosts({ a: 1 }, { connectionSchema, at: "shop:hosts" })),
    ).toMatchInlineSnapshot(
      `"invalid config: shop:hosts.a: expected an object, got number. Correct it and run again."`,
    );
  });
});
