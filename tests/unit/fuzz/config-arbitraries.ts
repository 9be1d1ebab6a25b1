/** Configurations as users write them, and the same with a value somewhere replaced. */
import fc from "fast-check";

export const anyJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3 });

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const tag = label.map((name) => `tag:${name}`);
const tags = fc.array(tag, { maxLength: 3 });
const variable = fc.constantFrom("HS_AUTHKEY", "TS_AUTHKEY", "_X");

export const block = fc.record(
  {
    login_server: fc.constantFrom("https://headscale.example.com", "http://10.0.0.1:8080"),
    tailnet_domain: fc.constantFrom("mesh.example.com", "x.ts.net"),
    auth_key_env: variable,
    default_tags: tags,
    role_tags: fc.dictionary(label, tags, { maxKeys: 3, noNullPrototype: true }),
    install: fc.record(
      { method: fc.constantFrom("auto", "skip"), min_version: fc.constant("1.80.0") },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["login_server", "tailnet_domain"] },
);

export const network = block.map((headscale) => ({ provider: "headscale", providers: { headscale } }));

const text = fc.string({ minLength: 1, maxLength: 20 });
const address = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), label);
const hop = (hostKey: string) => ({
  host: address,
  port: fc.integer({ min: 1, max: 65_535 }),
  user: text,
  password: text,
  privateKey: text.map((body) => `-----BEGIN KEY-----\n${body}`), // on one line it may be a path, which is refused
  privateKeyPath: text,
  privateKeyPassword: text,
  agentSocketPath: text,
  hostKey: fc.constant(hostKey),
  dialErrorLimit: fc.integer({ min: -1, max: 100 }),
  perDialTimeout: fc.integer({ min: 0, max: 100 }),
});
const only = { requiredKeys: ["host"] as ["host"], noNullPrototype: true };

export const connection = (hostKey: string) =>
  fc.record({ ...hop(hostKey), proxy: fc.record(hop(hostKey), only) }, only);

export const flags = fc.dictionary(fc.constantFrom("accept-routes", "ssh", "shields-up"), fc.boolean(), {
  noNullPrototype: true,
});

export const hosts = fc.dictionary(
  label,
  fc.record(
    {
      connection: fc.record({ host: address, port: fc.constant(22) }, only),
      roles: fc.array(label),
      tags,
      flags,
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  { maxKeys: 3, noNullPrototype: true },
);

/** `values` with one value, at any depth, replaced by one of `others`. */
export function replaceSomewhere(
  values: fc.Arbitrary<unknown>,
  others: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  return fc.tuple(values, fc.nat(), others).map(([value, at, other]) => {
    const places = paths(value);
    return replaceAt(value, places[at % places.length]!, other);
  });
}

/** The paths of all values in a value, its own (the empty one) included. */
export function paths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

export function replaceAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const inner = replaceAt((value as Record<string, unknown>)[key], rest, other);
  if (Array.isArray(value))
    return value.map((each: unknown, index) => (String(index) === key ? inner : each));
  return { ...(value as object), [key]: inner };
}
