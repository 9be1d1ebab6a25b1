/** A user's program under jest, with the packed package: the snippets of docs/testing.md, and what another realm makes harder. */
import { expect, it } from "@jest/globals";
import { temporaryFolder } from "../support/temporary-folder";
import { extractSnippets, readPage } from "../support/pages";
import { layOut, runJest } from "./support/jest-project";

const PAGE = "docs/testing.md";

function snippet(language: string, kind?: string): string {
  const [found, ...others] = extractSnippets(readPage(PAGE), PAGE, [language]).filter(
    (each) => each.kind === kind,
  );
  if (found === undefined || others.length > 0) throw new Error(`${PAGE}: not one ${language} of ${kind}`);
  return found.text;
}

const program = snippet("ts", "program");
const files = {
  "jest.config.json": snippet("json"),
  "index.ts": program,
  "index.test.ts": snippet("ts", "jest"),
};

/** As a user writes it who knows nothing of realms; an error of Node is one of another realm here. */
const OWN_TEST = `
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Host, loadNetwork } from "pulumi-mesh";
import { isMeshError, messageOf } from "pulumi-mesh/errors";

test("errors are told, also those of Node", () => {
  const thrown = (work: () => unknown): unknown => {
    try { return work(); } catch (error) { return error; }
  };
  expect(messageOf(thrown(() => readFileSync("./nowhere")))).toMatch(/^ENOENT/);
  expect(isMeshError(thrown(() => loadNetwork({ folder: "./nowhere" })), "invalid-config")).toBe(true);
});

test("a provider of one's own has its names", async () => {
  await pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "1", state: inputs }), call: () => ({}) });
  const network = { provider: "lan", module: "./lan.js", providers: { lan: {} } };
  const host = new Host("nas", { network, connection: "local" });
  expect(await new Promise((resolve) => host.fqdn.apply(resolve))).toBe("nas.lan");
});
`;

const PROVIDER = `
const { register } = require("pulumi-mesh/providers");
const nothing = () => Promise.resolve();
register({ id: "lan", ensureInstalled: nothing, ensureJoined: nothing, nodeFQDN: (host) => host + ".lan" });
`;

it("a program is tested as docs/testing.md says", () => {
  const folder = temporaryFolder("jest");
  layOut(folder, { ...files, "own.test.ts": OWN_TEST, "lan.js": PROVIDER });
  const { tests, messages } = runJest(folder);
  expect(messages.trim()).toBe("");
  expect(Object.keys(tests)).toHaveLength(5);
  expect(new Set(Object.values(tests))).toEqual(new Set(["passed"]));
});

it("a mistake in the program is seen by its test", () => {
  const folder = temporaryFolder("jest");
  layOut(folder, { ...files, "index.ts": program.replace('roles: ["db"]', "roles: []") });
  const { tests } = runJest(folder);
  expect(Object.values(tests).sort()).toEqual(["failed", "passed", "passed"]);
});
