/** Every program in the documentation: the compiler accepts it, and under Pulumi's mocks it exports what its comments say. */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { extractSnippets, PAGES, readPage, ROOT, type Snippet } from "../support/pages";

const typescript = PAGES.flatMap((path) => extractSnippets(readPage(path), path, ["ts", "typescript"]));
/** Those of the kind `script` are compiled only; those of the kind `jest` are a program's tests, which jest-program.test.ts runs. */
const compiled = typescript.filter(({ kind }) => kind !== "jest");
const snippets = compiled.filter(({ kind }) => kind !== "script");

/** What the compiler says of each of these files at the root, where `pulumi-mesh` is the sources; by their places. */
function diagnose(files: readonly Pick<Snippet, "place" | "text">[]): Map<string, string> {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const texts = new Map(files.map(({ text }, index) => [join(ROOT, `snippet-${index}.ts`), text]));
  host.fileExists = (name) => texts.has(name) || ts.sys.fileExists(name);
  host.readFile = (name) => texts.get(name) ?? ts.sys.readFile(name);
  const program = ts.createProgram([...texts.keys()], options, host);
  return new Map(
    [...texts.keys()].map((path, index) => {
      const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
      return [files[index]!.place, ts.formatDiagnostics(found, host)];
    }),
  );
}

/** Runs the program as Pulumi does, and returns its exports. */
async function run(text: string): Promise<Record<string, unknown>> {
  const mesh = await import("../../mesh/index.js");
  const installed = createRequire(join(ROOT, "snippet.ts"));
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  // A function of this realm: the SDK knows no array of another one.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const program = new Function("require", "exports", outputText) as (
    require: (name: string) => unknown,
    exports: Record<string, unknown>,
  ) => void;
  const exports = {};
  program((name) => (name === "pulumi-mesh" ? mesh : installed(name)), exports);
  return exports;
}

/** Pure: what the comment behind each export says that its value is: `export const a = ...; // { "b": "c", ... }`. */
function claimsOf(text: string): [name: string, value: unknown][] {
  const claim = /^export const (\w+) = .*; \/\/ (\{.*?\})/gm;
  return [...text.matchAll(claim)].map(([, name = "", value = ""]) => [
    name,
    JSON.parse(value.replace(/,? *\.\.\. *\}$/, "}")),
  ]);
}

const valueOf = (output: unknown) =>
  new Promise((resolve) => (pulumi.output(output) as pulumi.Output<unknown>).apply(resolve));

/** What another stack hands over: the FQDN of one host, which is called after it. */
function refer(stack: string): object {
  const host = `${stack.split("/").at(-1)}-web-1`;
  return { fqdns: { [host]: `${host}.mesh.example.com` } };
}

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const state = inputs as Record<string, unknown>;
      return {
        id: name,
        state: type === "pulumi:pulumi:StackReference" ? { ...state, outputs: refer(name) } : state,
      };
    },
    call: () => ({}),
  });
});

it("the README has a program, and every TypeScript block is one", () => {
  expect(snippets.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^README\.md:/));
  expect(snippets.filter(({ kind }) => kind !== "program")).toEqual([]);
});

/** All at once: most of the time goes into what they import. */
let diagnoses: Map<string, string> | undefined;

describe.each(compiled)("the program at $place", ({ place }) => {
  it("is accepted by the compiler", () => {
    diagnoses ??= diagnose(compiled);
    expect(diagnoses.get(place)).toBe("");
  });
});

describe.each(snippets)("the program at $place", ({ text }) => {
  it("exports what it says", async () => {
    const exported = await run(text);
    const claims = claimsOf(text);
    expect(claims).not.toEqual([]);
    for (const [name, value] of claims) expect(await valueOf(exported[name])).toMatchObject(value as object);
  });
});

it("the compiler sees a mistake in a program", () => {
  const text = 'import { Mesh } from "pulumi-mesh";\nnew Mesh("mesh", { hosts: {} });\n';
  expect(diagnose([{ place: "here", text }]).get("here")).toMatch(
    /snippet-0\.ts\(2,18\): error TS2345: .*network/s,
  );
});
