import { describe, expect, it } from "@jest/globals";
import { flagsSchema, hostnameSchema, roleSchema, tagSchema, versionSchema } from "../../fields";
import { validate } from "../../validation";
import type { z } from "zod";

const messages = (schema: z.ZodType, values: readonly unknown[]) =>
  values.flatMap((value) => {
    const result = validate(schema, value);
    return result.ok ? [] : result.issues.map(({ message }) => message);
  });

describe("hostnameSchema", () => {
  it("accepts one label in lower case", () => {
    expect(messages(hostnameSchema, ["a", "1", "plat-db-1", "a--b", "a".repeat(63)])).toEqual([]);
  });

  it("says what is wrong and what to write", () => {
    const wrong = [
      "",
      "Plat-DB-1",
      "db_1",
      "db 1",
      "-db",
      "db-",
      "-",
      "db.example.com",
      "dé",
      "a".repeat(64),
      7,
    ];
    expect(messages(hostnameSchema, wrong)).toMatchInlineSnapshot(`
      [
        "the hostname is empty",
        "hostname "Plat-DB-1" must be in lower case; write "plat-db-1"",
        "hostname "db_1" may hold only a-z, 0-9 and hyphens; write "db-1"",
        "hostname "db 1" may hold only a-z, 0-9 and hyphens; write "db-1"",
        "hostname "-db" must not start or end with a hyphen; write "db"",
        "hostname "db-" must not start or end with a hyphen; write "db"",
        "hostname "-" must not start or end with a hyphen",
        "hostname "db.example.com" must be one label, without dots; write "db"",
        "this hostname may hold only a-z, 0-9 and hyphens",
        "the hostname has 64 characters, at most 63 are allowed",
        "expected a string, got number",
      ]
    `);
  });
});

describe("tagSchema", () => {
  it("accepts what tailcfg.CheckTag accepts", () => {
    expect(messages(tagSchema, ["tag:prod", "tag:a", "tag:Prod-2-", "tag:a1"])).toEqual([]);
  });

  it("says what is wrong and what to write", () => {
    const wrong = [
      "prod",
      "Tag:prod",
      "",
      "tag:",
      "tag:1a",
      "tag:-a",
      "tag:a_b",
      "tag:a:b",
      "1a",
      "tag: prod",
      "tags:prod",
      7,
    ];
    expect(messages(tagSchema, wrong)).toMatchInlineSnapshot(`
      [
        "tag "prod" must start with "tag:"; write "tag:prod"",
        "tag "Tag:prod" must start with "tag:"; write "tag:prod"",
        "this tag must start with "tag:"",
        "the tag has no name after "tag:"",
        "tag "tag:1a" must have a letter after "tag:"",
        "tag "tag:-a" must have a letter after "tag:"",
        "tag "tag:a_b" may hold only letters, digits and hyphens; write "tag:a-b"",
        "tag "tag:a:b" may hold only letters, digits and hyphens; write "tag:a-b"",
        "tag "1a" must start with "tag:"",
        "tag "tag: prod" must have a letter after "tag:"",
        "tag "tags:prod" must start with "tag:"",
        "expected a string, got number",
      ]
    `);
  });

  it("does not repeat what could be a key in the wrong place", () => {
    const found = messages(tagSchema, ["tskey-auth-canary", "hskey-api-canary", "x".repeat(80), "canary/+="]);
    expect(found.join()).not.toMatch(/canary|xxx/);
    expect(found[0]).toBe('this tag must start with "tag:"');
  });
});

describe("roleSchema", () => {
  it("tells a role from a tag", () => {
    expect(messages(roleSchema, ["db", "web.front-end_2"])).toEqual([]);
    expect(messages(roleSchema, ["tag:db", "my role", ""])).toMatchInlineSnapshot(`
      [
        "role "tag:db" is a tag; write it under tags",
        "role "my role" may hold only letters, digits, hyphens, dots and underscores",
        "the role is empty",
      ]
    `);
  });
});

describe("versionSchema", () => {
  it("accepts versions of three numbers", () => {
    expect(messages(versionSchema, ["1.80.0", "0.0.1"])).toEqual([]);
  });

  it.each(["v1.98.1", " 1.98.1", "1.98.1 ", "=1.98.1", "1.98.1-0123-gabc", "1.98.1-rc1"])(
    "refuses %j, which no host says of its client, and writes the right form",
    (version) => {
      expect(messages(versionSchema, [version])).toEqual([
        'must be a version of three numbers; write "1.98.1"',
      ]);
    },
  );

  it.each(["01.98.1", "1.98", "latest"])("refuses %j", (version) => {
    expect(messages(versionSchema, [version])).toHaveLength(1);
  });

  it("knows the usual slips", () => {
    expect(messages(versionSchema, ["1.80", 1.8, "latest", "", "1.2.3.4"])).toMatchInlineSnapshot(`
      [
        "must be a version of three numbers; write "1.80.0"",
        "expected a string, got number; put it in quotes, as "1.80.0"",
        "must be a version, as "1.80.0"",
        "must be a version, as "1.80.0"",
        "must be a version of three numbers; write "1.2.3"",
      ]
    `);
  });
});

describe("flagsSchema", () => {
  it("accepts settings by name", () => {
    expect(messages(flagsSchema, [{ "accept-routes": true, operator: "me", mtu: 1280 }])).toEqual([]);
  });

  it("refuses dashes, other styles and other types", () => {
    const wrong = [
      { "--ssh": true },
      { accept_routes: true },
      { "accept-routes": {} },
      { "--auth-key=canary": true },
    ];
    expect(messages(flagsSchema, wrong)).toMatchInlineSnapshot(`
      [
        "flag "--ssh" is written without leading dashes; write "ssh"",
        "flag "accept_routes" may hold only a-z, 0-9 and hyphens; write "accept-routes"",
        "expected a string, a number, true/false or a list, got object",
        "this flag is written without leading dashes",
      ]
    `);
  });
});
