/** Fuzz: names, tags, roles, flags and versions. */
import fc from "fast-check";
import { expect } from "@jest/globals";
import type { z } from "zod";
import { flagsSchema, hostnameSchema, roleSchema, tagSchema, versionSchema } from "../../../fields";
import { validate } from "../../../validation";
import { canary, nastyText, property } from "./support";

const label = fc.string({ unit: fc.constantFrom(..."abz09-AZ._ "), maxLength: 70 });
const tag = fc.oneof(
  label.map((text) => `tag:${text}`),
  label,
  nastyText,
);
const messagesOf = (schema: z.ZodType, value: unknown) => {
  const result = validate(schema, value);
  return result.ok ? undefined : result.issues.map(({ message }) => message);
};

/** Accepted values are inert in a shell and in a URL; a proposal in a message is accepted itself. */
function mustDecide(schema: z.ZodType, value: string, harmless: RegExp): void {
  const messages = messagesOf(schema, value);
  if (messages === undefined) return expect(value).toMatch(harmless);
  expect(messages).toHaveLength(1);
  const proposal = /write "([^"]*)"$/.exec(messages[0]!)?.[1];
  if (proposal !== undefined) expect(messagesOf(schema, proposal)).toBeUndefined();
}

const text = (values: fc.Arbitrary<string>) => fc.oneof(values, nastyText);

property("a hostname is one DNS label, or refused", { values: text(label), share: 40 }, (name) =>
  mustDecide(hostnameSchema, name, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
);

property("a tag is tag:name, or refused", { values: tag, share: 40 }, (value) =>
  mustDecide(tagSchema, value, /^tag:[A-Za-z][A-Za-z0-9-]*$/),
);

property("a role is a plain word, or refused", { values: text(label), share: 20 }, (value) =>
  mustDecide(roleSchema, value, /^[A-Za-z0-9][A-Za-z0-9_.-]*$/),
);

const version = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."0123456789.-av"), maxLength: 20 }),
  fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200)).map((parts) => parts.join(".")),
);
property("a version has three numbers, or is refused", { values: text(version), share: 10 }, (value) =>
  mustDecide(versionSchema, value, /^\s*v?=?\s*\d+\.\d+\.\d+[0-9A-Za-z.+-]*\s*$/),
);

property(
  "flags have plain names, or are refused",
  { values: fc.dictionary(text(label), fc.jsonValue(), { maxKeys: 4 }), share: 20 },
  (flags) => {
    const result = validate(flagsSchema, flags);
    if (!result.ok) return;
    for (const name of Object.keys(result.value)) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  },
);

property(
  "an auth key in the place of a name is never repeated",
  {
    values: fc.tuple(fc.constantFrom("tskey-auth-", "hskey-auth-", "tag:tskey-", "-hskey-"), canary),
    share: 20,
  },
  ([prefix, key]) => {
    for (const schema of [hostnameSchema, tagSchema, roleSchema, versionSchema])
      expect(messagesOf(schema, `${prefix}${key}!`)?.join() ?? "").not.toContain(key);
  },
);
