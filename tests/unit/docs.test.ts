/** Every yaml snippet of the documentation is loaded as a user's file would be, and the reference names every key. */
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { hostsExample, NETWORK_EXAMPLE, parseHosts, parseNetwork, selectProvider } from "../../config";
import { networkSchema } from "../../config/network-schema";
import { parseSections } from "../../config/yaml";
import { POLICIES } from "../../policies";
import { get, ids } from "../../providers";
import { installSchema } from "../../providers/tailnet/config";
import { connectionSchema } from "../../transport/schema";
import { asZod, parseWith } from "../../validation";
import { keysOf } from "../../validation/mistakes";
import { extractSnippets, PAGES, readPage, type Snippet } from "../support/pages";

const CONFIGURATION = "docs/configuration.md";

function checkNetwork(value: unknown): void {
  const { id, block } = selectProvider(parseNetwork(value));
  const schema = ids().includes(id) ? get(id).schema : undefined;
  if (schema !== undefined) parseWith(asZod(schema), block, `network.providers.${id}`);
}

function checkStack(config: unknown): void {
  for (const [key, value] of Object.entries(config as object)) {
    if (key.endsWith(":hosts")) parseHosts(value, { connectionSchema, at: key });
    if (key.endsWith(":network")) checkNetwork(value);
  }
}

const CHECKS: Readonly<Record<string, (sections: Readonly<Record<string, unknown>>) => void>> = {
  network: ({ network }) => checkNetwork(network),
  stack: ({ config }) => checkStack(config),
};

function kindOf(
  { kind, place }: Pick<Snippet, "place" | "kind">,
  sections: Readonly<Record<string, unknown>>,
): string {
  if (kind !== undefined && kind in CHECKS) return kind;
  if ("network" in sections) return "network";
  if ("config" in sections) return "stack";
  throw new Error(`${place}: put <!-- test: network, stack or syntax --> in front of the snippet`);
}

const YAML = ["yaml", "yml"];
const snippets = PAGES.flatMap((path) => extractSnippets(readPage(path), path, YAML));
const examples: Pick<Snippet, "place" | "text" | "kind">[] = [
  { place: "NETWORK_EXAMPLE", text: NETWORK_EXAMPLE, kind: "network" },
  { place: "hostsExample", text: hostsExample(), kind: "stack" },
];

describe("yaml snippets", () => {
  it("are found", () => {
    expect(snippets.filter(({ place }) => place.startsWith(CONFIGURATION)).length).toBeGreaterThanOrEqual(4);
    const page =
      "# T\n\n<!-- test: stack Pulumi.a.yaml -->\n```yaml\na: 1\n```\n\n```ts\n```\n```yml\nb: 2\n```\n";
    expect(extractSnippets(page, "p", YAML)).toMatchObject([
      { place: "p:4", text: "a: 1\n", kind: "stack", note: "Pulumi.a.yaml" },
      { place: "p:10", text: "b: 2\n", kind: undefined },
    ]);
  });

  it.each([...snippets, ...examples])("$place loads", (snippet) => {
    if (snippet.kind === "syntax") return expect(parse(snippet.text)).toBeInstanceOf(Object);
    const sections = parseSections(snippet.text, snippet.place);
    CHECKS[kindOf(snippet, sections)]!(sections);
  });
});

describe(CONFIGURATION, () => {
  it.each(["tailscale", "headscale"])("names every key of network and of %s", (id) => {
    const install = keysOf(installSchema).map((key) => `install.${key}`);
    const keys = [...keysOf(networkSchema), ...keysOf(get(id).schema), ...install].filter(
      (key) => key !== "install",
    );
    expect(keys.filter((key) => !readPage(CONFIGURATION).includes(`| \`${key}\` |`))).toEqual([]);
  });

  it.each([
    ["a host", {}],
    ["connection", { connection: { host: "h" } }],
    ["verify", { verify: { peers: ["db-1"] } }],
  ])("names every key of %s", (_name, host) => {
    const [part] = Object.keys(host);
    const wrong = { unheardOf: 1, ...(part === undefined ? {} : (host as Record<string, object>)[part]) };
    const hosts = { "web-1": part === undefined ? wrong : { [part]: wrong } };
    const [, known = ""] = /known keys: ([\w, ]+)/.exec(messageOfHosts(hosts)) ?? [];
    const keys = known.split(", ");
    expect(keys.length).toBeGreaterThan(2);
    expect(
      keys.filter((key) => !new RegExp(`^\\| [^|]*\`${key}\``, "m").test(readPage(CONFIGURATION))),
    ).toEqual([]);
  });

  it.each(Object.entries(POLICIES))("names the values of %s, and its default", (name, values) => {
    const listed = values.map((value) => `\`${value}\``).join(", ");
    expect(readPage(CONFIGURATION)).toContain(`| \`${name}\` | ${listed} | \`${values[0]}\` |`);
  });
});

function messageOfHosts(hosts: object): string {
  try {
    parseHosts(hosts, { connectionSchema });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

it("every snippet in JSON can be read", () => {
  const found = PAGES.flatMap((path) => extractSnippets(readPage(path), path, ["json"]));
  expect(found.length).toBeGreaterThan(5);
  for (const { text } of found) expect(JSON.parse(text)).toBeInstanceOf(Object);
});
