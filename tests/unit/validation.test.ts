import fc from "fast-check";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { isMeshError } from "../../errors";
import { formatPath, invalidConfig, parseWith, suggest, UNKNOWN, validate } from "../../validation";

/** Path and message of every mistake, a line each. */
function mistakes(schema: z.ZodType, value: unknown): string[] {
  const result = validate(schema, value);
  return result.ok ? [] : result.issues.map(({ path, message }) => `${formatPath("", path)}: ${message}`);
}

const block = z.strictObject({
  auth_key_env: z.string().optional(),
  tailnet_domain: z.string(),
  install: z
    .strictObject({ method: z.enum(["auto", "skip"]).default("auto"), min_version: z.string().optional() })
    .prefault({}),
  role_tags: z.record(z.string(), z.array(z.string())).default({}),
});

const connection = z.union([
  z.literal("local"),
  z.strictObject({ host: z.string(), port: z.number().int().min(1).max(65535).optional() }),
]);

describe("validate", () => {
  it("returns the parsed value, with defaults", () => {
    expect(validate(block, { tailnet_domain: "a.ts.net" })).toEqual({
      ok: true,
      value: { tailnet_domain: "a.ts.net", install: { method: "auto" }, role_tags: {} },
    });
  });

  it("says the type of a wrong value, never the value", () => {
    const value = {
      tailnet_domain: 4711,
      auth_key_env: ["canary"],
      install: null,
      role_tags: { db: "canary" },
    };
    const found = mistakes(block, value);
    expect(found).toMatchInlineSnapshot(`
      [
        "auth_key_env: expected a string, got list",
        "tailnet_domain: expected a string, got number",
        "install: expected an object, got null",
        "role_tags.db: expected a list, got string",
      ]
    `);
    expect(found.join()).not.toMatch(/canary|4711/);
  });

  it("names every unknown key, with a suggestion when one is near and the known keys when none is", () => {
    expect(
      mistakes(block, {
        tailnet_domain: "a",
        auth_key_evn: "A",
        authKeyEnv: "A",
        install: { colour: "red" },
      }),
    ).toMatchInlineSnapshot(`
      [
        "install: unknown key "colour"; known keys: method, min_version",
        ": unknown key "auth_key_evn"; did you mean "auth_key_env"?",
        ": unknown key "authKeyEnv"; did you mean "auth_key_env"?",
      ]
    `);
  });

  it("reports a misspelt required key once", () => {
    expect(mistakes(block, { tailnet_domian: "a.ts.net" })).toMatchInlineSnapshot(`
      [
        ": unknown key "tailnet_domian"; did you mean "tailnet_domain"?",
      ]
    `);
    expect(mistakes(z.strictObject({ tags: z.array(z.string()) }), { tag: [], tags: 1 }))
      .toMatchInlineSnapshot(`
      [
        "tags: expected a list, got number",
        ": unknown key "tag"; did you mean "tags"?",
      ]
    `);
  });

  it("reports one mistake per place", () => {
    const strict = z
      .string()
      .min(8)
      .regex(/^[a-z]+$/, "must be lower case");
    expect(mistakes(z.object({ a: strict }), { a: "A" })).toEqual(["a: must have at least 8 characters"]);
  });

  it("quotes a value of an enumeration only when it is nearly right", () => {
    const at = (method: unknown) => mistakes(block, { tailnet_domain: "a", install: { method } });
    expect([at("atuo"), at("canary"), at(1), at({})].flat()).toMatchInlineSnapshot(`
      [
        "install.method: unknown value "atuo"; did you mean "auto"?",
        "install.method: expected "auto" or "skip", got another string",
        "install.method: expected "auto" or "skip", got number",
        "install.method: expected "auto" or "skip", got object",
      ]
    `);
  });

  it("tells numbers precisely", () => {
    const port = z.number().int().min(1).max(65535);
    expect(["22", 1.5, NaN, 0, 70000, undefined].flatMap((value) => mistakes(port, value)))
      .toMatchInlineSnapshot(`
      [
        ": expected a number, got string",
        ": expected a whole number, got a fraction",
        ": expected a number, got NaN",
        ": must be at least 1",
        ": must be at most 65535",
        ": missing, expected a number",
      ]
    `);
  });

  it("describes the other issues of zod in its own words", () => {
    const cases: [z.ZodType, unknown][] = [
      [z.string().min(1), ""],
      [z.string().max(3), "canary"],
      [z.array(z.string()).min(1), []],
      [z.array(z.string()).min(2), ["a"]],
      [z.number().gt(0), 0],
      [z.number().multipleOf(5), 3],
      [z.url(), "canary"],
      [z.string().regex(/^a/), "canary"],
      [z.string().refine(() => false), "canary"],
      [z.set(z.string()), new Set([1])],
      [z.record(z.enum(["a"]), z.string()), { a: "x", canary: "y" }],
    ];
    expect(cases.flatMap(([schema, value]) => mistakes(schema, value))).toMatchInlineSnapshot(`
      [
        ": must not be empty",
        ": must have at most 3 characters",
        ": must not be empty",
        ": must have at least 2 entries",
        ": must be more than 0",
        ": must be a multiple of 5",
        ": must be a valid url",
        ": has a wrong form",
        ": is not valid",
        ": expected a string, got number",
        ": unknown key "canary"",
      ]
    `);
  });

  it("lets a schema speak for itself", () => {
    const named = z.strictObject({ a: z.string("must be text") }, { error: () => undefined });
    expect(mistakes(named, { a: 1 })).toEqual(["a: must be text"]);
    expect(mistakes(z.union([z.string(), z.number()], "must be text or a number"), null)).toEqual([
      ": must be text or a number",
    ]);
  });
});

describe("unions", () => {
  it("reports the branch that the value was meant for", () => {
    expect(mistakes(connection, { host: "a", prot: 22 })).toMatchInlineSnapshot(`
      [
        ": unknown key "prot"; did you mean "port"?",
      ]
    `);
    expect(mistakes(connection, { host: 1, port: "22" })).toMatchInlineSnapshot(`
      [
        "host: expected a string, got number",
        "port: expected a number, got string",
      ]
    `);
  });

  it("says what all branches expect when none fits", () => {
    expect([7, null, undefined, "locl", "canary"].flatMap((value) => mistakes(connection, value)))
      .toMatchInlineSnapshot(`
      [
        ": expected "local" or an object, got number",
        ": expected "local" or an object, got null",
        ": missing, expected "local" or an object",
        ": unknown value "locl"; did you mean "local"?",
        ": expected "local" or an object, got string",
      ]
    `);
  });

  it("looks into unions of unions", () => {
    const nested = z.object({ at: z.union([z.union([z.literal("local"), z.number()]), connection]) });
    expect([mistakes(nested, { at: true }), mistakes(nested, { at: { hots: "a" } })].flat())
      .toMatchInlineSnapshot(`
      [
        "at: expected "local", a number or an object, got boolean",
        "at: unknown key "hots"; did you mean "host"?",
      ]
    `);
  });

  it("names the choices of a discriminated union", () => {
    const shapes = z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("a"), size: z.number() }),
      z.strictObject({ kind: z.literal("b") }),
    ]);
    expect([{ kind: "c" }, { kind: "a", size: "1" }, {}].flatMap((value) => mistakes(shapes, value)))
      .toMatchInlineSnapshot(`
      [
        "kind: expected "a" or "b"",
        "size: expected a number, got string",
        "kind: expected "a" or "b"",
      ]
    `);
  });
});

describe("values that are unknown at preview", () => {
  it("pass at any depth and in place of any type", () => {
    const value = { tailnet_domain: UNKNOWN, install: UNKNOWN, role_tags: { db: UNKNOWN, web: [UNKNOWN] } };
    expect(validate(block, value)).toEqual({ ok: true, value });
    expect(validate(z.array(connection), [UNKNOWN, { host: UNKNOWN, port: UNKNOWN }])).toMatchObject({
      ok: true,
    });
    expect(validate(z.number(), UNKNOWN)).toEqual({ ok: true, value: UNKNOWN });
  });

  it("do not hide other mistakes", () => {
    expect(mistakes(block, { tailnet_domain: UNKNOWN, instal: {}, role_tags: 1 })).toMatchInlineSnapshot(`
      [
        "role_tags: expected an object, got number",
        ": unknown key "instal"; did you mean "install"?",
      ]
    `);
    expect(mistakes(connection, { host: UNKNOWN, prot: UNKNOWN })).toMatchInlineSnapshot(`
      [
        ": unknown key "prot"; did you mean "port"?",
      ]
    `);
    expect(mistakes(z.strictObject({}), { extra: UNKNOWN })).toEqual([': unknown key "extra"']);
  });

  it("do not fail a refinement of the object that holds them", () => {
    const pair = z.object({ a: z.string(), b: z.string() }).refine(({ a, b }) => a === b, "must be equal");
    expect(mistakes(pair, { a: "x", b: UNKNOWN })).toEqual([]);
    expect(mistakes(pair, { a: "x", b: "y" })).toEqual([": must be equal"]);
  });

  it("do not make a wrong key of a record right", () => {
    const record = z.record(z.string().regex(/^[a-z]+$/, "must be lower case"), z.string());
    expect(mistakes(record, { Web: UNKNOWN })).toEqual(["Web: must be lower case"]);
  });
});

describe("parseWith", () => {
  it("names a single mistake with its path", () => {
    const value = { tailnet_domain: "a", install: { min_version: 1.8 } };
    expect(() => parseWith(block, value, "network.providers.headscale")).toThrowErrorMatchingInlineSnapshot(
      `"invalid config: network.providers.headscale.install.min_version: expected a string, got number. Correct it and run again."`,
    );
  });

  it("lists several, and names the host", () => {
    expect(() => parseWith(block, { auth_key_evn: "canary" }, "network.providers.headscale", "plat-db-1"))
      .toThrowErrorMatchingInlineSnapshot(`
      "plat-db-1: invalid config: 2 mistakes
        - network.providers.headscale.tailnet_domain: missing, expected a string
        - network.providers.headscale: unknown key "auth_key_evn"; did you mean "auth_key_env"?
      Correct them and run again."
    `);
  });
});

describe("formatPath", () => {
  it("quotes what is no plain name", () => {
    expect(formatPath("hosts", ["plat-db-1", "tags", 0])).toBe("hosts.plat-db-1.tags[0]");
    expect(formatPath("", ["a", "b c", ""])).toBe('a["b c"][""]');
  });
});

describe("suggest", () => {
  it("finds near names, also in another style, and keeps silent otherwise", () => {
    const known = ["auth_key_env", "tailnet_domain", "tags", "db"];
    expect(["auth_key_evn", "authKeyEnv", "tag", "web", "x"].map((name) => suggest(name, known))).toEqual([
      "auth_key_env",
      "auth_key_env",
      "tags",
      undefined,
      undefined,
    ]);
    expect(suggest("a", [])).toBeUndefined();
  });
});

describe("any JSON value", () => {
  it("is parsed or refused with mistakes, and the error never throws", () => {
    const schema = z.strictObject({ block, connection, list: z.array(connection).optional() });
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ block: fc.jsonValue(), connection: fc.jsonValue() })),
        (value) => {
          const result = validate(schema, value);
          if (result.ok) return;
          expect(result.issues.length).toBeGreaterThan(0);
          expect(isMeshError(invalidConfig("at", result.issues), "invalid-config")).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
