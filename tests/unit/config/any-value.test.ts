import fc from "fast-check";
import { describe, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { parseHosts, parseNetwork, resolveTags, selectProvider } from "../../../config";
import { tagDefaultsSchema } from "../../../config/tag-defaults";
import { parseSections } from "../../../config/yaml";
import { isMeshError } from "../../../errors";
import { parseWith } from "../../../validation";

const connectionSchema = z.union([z.literal("local"), z.strictObject({ host: z.string() })]);

const word = fc.oneof(
  fc.constantFrom("local", "tag:a", "db", "web-1", "", "Web", "__proto__", "constructor"),
  fc.string(),
);
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), word);
const network = fc.oneof(
  value,
  fc.record({ provider: word, providers: fc.oneof(value, fc.dictionary(word, value)) }),
);
const entry = fc.record(
  {
    connection: value,
    roles: fc.oneof(value, fc.array(word)),
    tags: fc.oneof(value, fc.array(word)),
    flags: value,
  },
  { requiredKeys: [] },
);
const hosts = fc.oneof(value, fc.dictionary(word, fc.oneof(value, entry)));

/** Runs `parser` with many values: it may return or throw a MeshError, and nothing else. */
function assertTotal<T>(arbitrary: fc.Arbitrary<T>, parser: (value: T) => unknown): void {
  const holds = (input: T) => {
    try {
      parser(input);
    } catch (error) {
      if (!isMeshError(error, "invalid-config")) throw error;
    }
  };
  fc.assert(fc.property(arbitrary, holds), { numRuns: 300, interruptAfterTimeLimit: 1_000 });
}

describe("any value yields a result or a MeshError", () => {
  it("as network section", () => assertTotal(network, (input) => selectProvider(parseNetwork(input))));
  it("as hosts", () => assertTotal(hosts, (input) => parseHosts(input, { connectionSchema })));
  it("as tag defaults", () =>
    assertTotal(fc.tuple(value, fc.array(word)), ([block, roles]) => {
      const { default_tags, role_tags } = parseWith(tagDefaultsSchema, block, "block");
      return resolveTags({ defaultTags: default_tags, roleTags: role_tags, roles });
    }));
  it("as text of the file", () => {
    const piece = fc.constantFrom(
      "a: ",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "*x",
      "&x ",
      '"',
      "|",
      "---",
      "<<: ",
      "\t",
      "!!t ",
      "network",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    assertTotal(text, (input) => parseSections(input, "stagecraft.yml"));
  });
  it("as text of the file, written from a value", () =>
    assertTotal(network, (input) => parse(stringify({ network: input })) as unknown));
});
