/** Texts that stand in the documentation and in the code are the same in both. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { formatLab } from "../../lab/cli/print";
import { USAGE } from "../../lab/cli/usage";
import { labPaths } from "../../lab/paths";
import { buildEnvironment } from "../../lab/scenario/environment";
import { extractSnippets, readPage, ROOT } from "../support/pages";

const snippets = (page: string, language: string) =>
  extractSnippets(readPage(page), page, [language]).map(({ text }) => text);

it("the network provider of docs/providers.md is the one that the integration tests run", () => {
  const file = join(ROOT, "tests/integration/fixtures/third-party/my-provider.mjs");
  expect(snippets("docs/providers.md", "js")).toEqual([readFileSync(file, "utf8")]);
});

it("docs/lab.md has the lab's help text", () => {
  expect(snippets("docs/lab.md", "text")).toEqual([USAGE]);
});

it("docs/lab.md shows what `env --json` prints, key by key", () => {
  const hosts = [{ name: "host-1", address: "10.213.7.11" }];
  const paths = labPaths("demo");
  const { identityFile, caFile } = paths;
  const named = { name: "demo", loginServer: "https://headscale.demo.lab", baseDomain: "demo.mesh" };
  const printed = formatLab({
    ...named,
    hosts,
    identityFile,
    caFile,
    env: buildEnvironment(paths, { PATH: "/bin" }),
  });
  const [shown = ""] = snippets("docs/lab.md", "json");
  expect(outline(JSON.parse(shown))).toEqual(outline(JSON.parse(printed)));
});

/** The value with its folders taken out. */
function outline(value: unknown): unknown {
  const isPath = (text: string) => /^(file:\/)?\/|^\.\.\.$/.test(text);
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "string" && isPath(inner) ? "(path)" : inner,
    ),
  );
}
