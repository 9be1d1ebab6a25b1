/** Fuzz: the inputs of `check` and `diff`, with values that are unknown at preview anywhere. */
import fc from "fast-check";
import { expect } from "@jest/globals";
import { changedProperties } from "../../../mesh/diff";
import { check, diff } from "../../../mesh/handlers";
import { UNKNOWN } from "../../../validation";
import { anyJson, block, flags, paths, replaceAt } from "./config-arbitraries";
import { canary, nastyText, property } from "./support";

const inputs = fc.record(
  {
    __provider: fc.constant("code"),
    name: fc.constantFrom("web-1", "db"),
    fqdn: fc.constant("web-1.mesh.example.com"),
    provider: fc.constant("headscale"),
    config: block,
    tags: fc.subarray(["tag:app", "tag:db"]),
    flags,
    connection: fc.oneof(
      fc.constant("local"),
      fc.record({ host: fc.constant("10.0.0.1"), password: fc.constant("secret-1") }),
    ),
    hostKeyPolicy: fc.constantFrom("pin", "strict"),
    progressUrn: fc.constant("urn:x"),
  },
  { noNullPrototype: true },
);
const somewhere = fc.tuple(inputs, fc.nat());
/** Not the whole, and not Pulumi's own property. */
const placesIn = (value: unknown) =>
  paths(value).filter((path) => path.length > 0 && path[0] !== "__provider");

property("inputs that are right have no failures", { values: inputs, share: 10 }, async (news) => {
  expect(await check({}, news)).toEqual({ inputs: news, failures: [] });
});

property("an unknown value anywhere is no failure", { values: somewhere, share: 40 }, async ([news, at]) => {
  const places = placesIn(news);
  const preview = replaceAt(news, places[at % places.length]!, UNKNOWN) as Record<string, unknown>;
  expect((await check({}, preview)).failures).toEqual([]);
});

property(
  "any value anywhere is taken, or a failure with its property",
  { values: fc.tuple(inputs, fc.nat(), fc.oneof(anyJson, nastyText)), share: 40 },
  async ([news, at, other]) => {
    const places = placesIn(news);
    const path = places[at % places.length]!;
    const { failures } = await check({}, replaceAt(news, path, other) as Record<string, unknown>);
    for (const { property: name, reason } of failures) {
      expect(name).not.toBe("");
      expect(reason).not.toBe("");
    }
  },
);

property(
  "inputs of any shape never crash check or diff",
  {
    values: fc.tuple(
      fc.dictionary(
        fc.constantFrom("name", "provider", "config", "tags", "flags", "connection", "authKey"),
        anyJson,
      ),
      fc.dictionary(fc.string(), anyJson),
    ),
    share: 20,
  },
  async ([known, unknown]) => {
    const news = { ...unknown, ...known };
    await check({}, news);
    expect(await diff("id", news, news)).toEqual({ changes: false });
  },
);

const wrong = fc.oneof(fc.integer(), fc.constant(null), fc.constant({}), fc.constant([]));
property(
  "a wrong type of name, tags, flags or connection is refused",
  { values: fc.tuple(inputs, fc.constantFrom("name", "provider"), wrong), share: 10 },
  async ([news, key, value]) => {
    expect(
      (await check({}, { ...news, [key]: value })).failures.map((failure) => failure.property),
    ).toContain(key === "name" ? "nodeName" : key); // as a program calls it
  },
);

property(
  "no failure repeats a secret",
  { values: fc.tuple(inputs, canary, fc.constantFrom("port", "hots", "user")), share: 15 },
  async ([news, secret, key]) => {
    const connection = {
      host: "h",
      password: secret,
      privateKey: secret,
      privateKeyPassword: secret,
      [key]: [secret],
    };
    const { failures } = await check({}, { ...news, connection, authKey: { key: secret } });
    expect(failures.length).toBeGreaterThan(0);
    expect(JSON.stringify(failures)).not.toContain(secret);
  },
);

property(
  "a difference is found where there is one, and only there",
  { values: fc.tuple(inputs, fc.string(), fc.string()), share: 15 },
  ([news, key, urn]) => {
    expect(changedProperties(news, { ...news, authKey: key, progressUrn: urn, fqdn: key })).toEqual([]);
    expect(changedProperties(news, { ...news, name: `${news.name}x` })).toEqual(["name"]);
  },
);
