/** Fuzz: configuration, as files and as values; connections; the tags that follow. */
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { expect } from "@jest/globals";
import YAML from "yaml";
import type { z } from "zod";
import { parseHosts, parseNetwork, resolveTags } from "../../../config";
import { parseSections } from "../../../config/yaml";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import { tailscaleConfigSchema } from "../../../providers/tailscale/config";
import { connectionSchema } from "../../../transport/schema";
import { validate } from "../../../validation";
import { anyJson, block, connection, hosts, network, replaceSomewhere } from "./config-arbitraries";
import { canary, meshErrorOf, nastyText, property } from "./support";

property(
  "a network section of any shape is taken or a MeshError",
  { values: fc.oneof(anyJson, replaceSomewhere(network, anyJson)), share: 25 },
  async (value) => {
    await meshErrorOf(() => parseNetwork(value));
  },
);

property(
  "hosts of any shape are taken or a MeshError",
  { values: fc.oneof(anyJson, replaceSomewhere(hosts, anyJson)), share: 25 },
  async (value) => {
    await meshErrorOf(() => parseHosts(value, { connectionSchema }));
  },
);

property(
  "a YAML text of any content is sections or a MeshError",
  {
    values: fc.oneof(
      nastyText,
      fc.array(nastyText).map((lines) => lines.join("\n")),
    ),
    share: 25,
  },
  async (text) => {
    await meshErrorOf(() => parseSections(text, "stagecraft.yml"));
  },
);

property(
  "a configuration written as YAML is read back as it is",
  { values: fc.tuple(network, hosts), share: 15 },
  ([section, entries]) => {
    const text = YAML.stringify({ network: section, hosts: entries });
    const sections = parseSections(text, "stagecraft.yml");
    expect(parseNetwork(sections["network"])).toEqual(section);
    expect(Object.keys(parseHosts(sections["hosts"], { connectionSchema }))).toEqual(Object.keys(entries));
  },
);

property(
  "a provider's block is taken as it is, or its mistakes have paths",
  { values: fc.oneof(block, replaceSomewhere(block, anyJson)), share: 20 },
  (value) => {
    for (const schema of [headscaleConfigSchema, tailscaleConfigSchema] as z.ZodType[]) {
      const result = validate(schema, value);
      if (!result.ok) expect(result.issues.every(({ message }) => message !== "")).toBe(true);
      else expect(validate(schema, result.value)).toEqual(result);
    }
  },
);

const tags = fc.array(fc.constantFrom("tag:a", "tag:b", "tag:c"), { maxLength: 4 });
property(
  "tags are the sorted union of all sources",
  { values: fc.tuple(tags, tags, tags), share: 10 },
  ([defaultTags, ofRole, own]) => {
    const all = resolveTags({ defaultTags, roleTags: { db: ofRole }, roles: ["db"], tags: own });
    expect(all).toEqual([...new Set([...defaultTags, ...ofRole, ...own])].sort());
  },
);

const { publicKey } = generateKeyPairSync("ed25519");
const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
const hostKey = `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]).toString("base64")}`;

property("a connection is taken unchanged", { values: connection(hostKey), share: 15 }, (value) => {
  expect(validate(connectionSchema, JSON.parse(JSON.stringify(value)))).toEqual({ ok: true, value });
});

property(
  "a wrong connection is refused without a word of its secrets",
  {
    values: fc.tuple(
      connection(hostKey),
      canary,
      fc.constantFrom("port", "user", "hostKey", "prvateKey", "proxy"),
    ),
    share: 15,
  },
  ([value, secret, wrong]) => {
    const result = validate(connectionSchema, {
      ...value,
      password: secret,
      privateKey: secret,
      [wrong]: { x: [secret] },
    });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain(secret);
  },
);
