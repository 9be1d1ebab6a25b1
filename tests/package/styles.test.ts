/** Every style of program that docs/package.md names: installed from the packed package, compiled, run under mocks, and by Pulumi. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Folder, pack, type Ran } from "./support/folder";
import { Pulumi } from "./support/pulumi";
import * as programs from "./support/programs";

const { CLASSIC, NODENEXT, RUNNER, SDK, tsconfig, TYPESCRIPT, WORKS } = programs;

/** Runs the tarball's folder, and the programs that are needed beside npm: older compilers and runtimes, other managers. */
let tools: Folder;
let tarball: string;
let pulumi: Pulumi;
const tool = (name: string) => join(tools.path, "node_modules", name);
const node = (major: number) => tool(`node${major}/bin/node`);

const COMPILERS = { "5.4": "ts54", "5.9": "ts59", "6.0": "ts60" };

const manifest = (more: object = {}) =>
  JSON.stringify({
    ...{ name: "program", version: "1.0.0", private: true, license: "MIT" },
    dependencies: { "@pulumi/pulumi": SDK, "pulumi-mesh": `file:${tarball}`, "@types/node": "22" },
    ...more,
  });

/** The program knows the FQDN, and the provider's process has the handlers: they warn of a host that has no key to log in with. */
function expectPlan({ code, output }: Ran): void {
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/fqdn *: "web-1\.mesh\.example\.com"/);
  expect(output).toMatch(/mesh-web-1 .*there is no auth key/);
}

beforeAll(async () => {
  const runtimes = { node22: "npm:node@22", node24: "npm:node@24" };
  const compilers = Object.entries(COMPILERS).map(([version, name]) => [name, `npm:typescript@~${version}`]);
  const dependencies = {
    ...runtimes,
    ...(Object.fromEntries(compilers) as object),
    ...{ pnpm: "10", yarn: "1", "@yarnpkg/cli-dist": "4", esbuild: "0.25" },
  };
  tools = Folder.create({ "package.json": JSON.stringify({ private: true, dependencies }) });
  tools.must(".", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline");
  tarball = pack(tools);
  pulumi = await Pulumi.create(tools);
});
afterAll(() => tools[Symbol.dispose]());

const compile = (folder: Folder, below: string, version: keyof typeof COMPILERS) =>
  folder.run(below, process.execPath, tool(`${COMPILERS[version]}/lib/tsc.js`));

describe("with npm", () => {
  let folder: Folder;
  beforeAll(() => {
    folder = Folder.create({ "package.json": manifest(), "run.cjs": RUNNER });
    folder.must(".", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
  });
  afterAll(() => folder[Symbol.dispose]());

  const styles = (["5.4", "5.9", "6.0"] as const).flatMap((version) => {
    const classic = version === "6.0" ? { ...CLASSIC, ignoreDeprecations: "6.0" } : CLASSIC;
    return [
      ["nodenext", version, NODENEXT],
      ["commonjs and node", version, classic],
    ] as const;
  });

  it.each(styles)("a program with %s of TypeScript %s compiles and runs", (kind, version, options) => {
    const below = `ts-${version}-${kind.split(" ")[0]}`;
    folder.write({ [`${below}/index.ts`]: TYPESCRIPT, [`${below}/tsconfig.json`]: tsconfig(options) });
    expect(compile(folder, below, version)).toEqual({ code: 0, output: "" });
    for (const major of [22, 24])
      expect(folder.run(below, node(major), "../run.cjs", "bin/index.js")).toEqual({
        code: 0,
        output: WORKS,
      });
    expectPlan(pulumi.preview(folder, below, "bin/index.js", node(22)));
  });

  it.each([22, 24])("programs in JavaScript of both kinds run on Node %s", (major) => {
    folder.write({ "js/index.cjs": programs.COMMONJS, "js/index.mjs": programs.ES_MODULE });
    for (const file of ["index.cjs", "index.mjs"]) {
      expect(folder.run("js", node(major), "../run.cjs", file)).toEqual({ code: 0, output: WORKS });
      expectPlan(pulumi.preview(folder, "js", file, node(major)));
    }
  });
});

describe("what a user sees of a host", () => {
  it("is in the words of the program, and nothing else", () => {
    using folder = Folder.create({ "package.json": manifest(), "index.cjs": programs.COMMONJS });
    folder.must(".", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
    const { output } = pulumi.preview(folder, ".", "index.cjs", node(24), { diff: true });
    const [, host = ""] = /mesh:Host: \(create\)\n([^]*)--outputs:--/.exec(output) ?? [];
    const shown = [...host.matchAll(/^ {12}(\w+) *:/gm)].map(([, name]) => name);
    expect(shown).toEqual(["connection", "fqdn", "network", "nodeName", "tags"]);
  });
});

describe("with pnpm", () => {
  let folder: Folder;
  const pnpm = (...args: string[]) => folder.must(".", node(22), tool("pnpm/bin/pnpm.cjs"), ...args);
  beforeAll(() => {
    const library = { name: "library", main: "index.cjs", dependencies: undefined };
    const { dependencies, ...rest } = JSON.parse(manifest()) as { dependencies: Record<string, string> };
    const onlyBy = { ...dependencies, "pulumi-mesh": undefined, library: "workspace:*" };
    folder = Folder.create({
      "package.json": JSON.stringify({ private: true }),
      "pnpm-workspace.yaml": "packages: [direct, library, through]\n",
      "run.cjs": RUNNER,
      "direct/package.json": JSON.stringify({ ...rest, name: "direct", dependencies }),
      "direct/index.ts": TYPESCRIPT,
      "direct/tsconfig.json": tsconfig(NODENEXT),
      "library/package.json": JSON.stringify({ ...rest, ...library, dependencies }),
      "library/index.cjs": programs.COMMONJS,
      "through/package.json": JSON.stringify({ ...rest, name: "through", dependencies: onlyBy }),
      "through/index.cjs": `module.exports = require("library");`,
    });
    pnpm("install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile");
  });
  afterAll(() => folder[Symbol.dispose]());

  it("a program of a workspace that depends on the package compiles and runs", () => {
    expect(compile(folder, "direct", "5.9")).toEqual({ code: 0, output: "" });
    expect(folder.run("direct", node(24), "../run.cjs", "bin/index.js")).toEqual({ code: 0, output: WORKS });
    expectPlan(pulumi.preview(folder, "direct", "bin/index.js", node(24)));
  });

  it("one that has it by a library only is told to depend on it itself", () => {
    const { code, output } = pulumi.preview(folder, "through", "index.cjs", node(22));
    expect(code).not.toBe(0);
    expect(output).toContain("Cannot find module 'pulumi-mesh/handlers'");
    expect(output).toContain(`${join(folder.path, "through")}/package.json: npm install pulumi-mesh there`);
  });
});

describe("with yarn's Plug'n'Play", () => {
  const yarn = () => [node(24), tool("@yarnpkg/cli-dist/bin/yarn.js")];
  let folder: Folder;
  beforeAll(() => {
    const { dependencies, ...rest } = JSON.parse(manifest()) as { dependencies: Record<string, string> };
    folder = Folder.create({
      "package.json": JSON.stringify({ ...rest, dependencies: { ...dependencies, typescript: "~5.9" } }),
      ".yarnrc.yml": "nodeLinker: pnp\nenableTelemetry: false\nenableScripts: false\n",
      "yarn.lock": "",
      "run.cjs": RUNNER,
      "index.ts": TYPESCRIPT,
      "tsconfig.json": tsconfig(NODENEXT),
    });
    folder.must(".", yarn()[0]!, yarn()[1]!, "install", "--no-immutable");
  });
  afterAll(() => folder[Symbol.dispose]());
  const exec = (...args: string[]) => folder.run(".", yarn()[0]!, yarn()[1]!, "exec", ...args);

  it("a program compiles and runs where yarn starts Pulumi", () => {
    expect(exec("tsc")).toEqual({ code: 0, output: "" });
    expect(exec("node", "run.cjs", "bin/index.js")).toEqual({ code: 0, output: WORKS });
    expectPlan(pulumi.preview(folder, ".", "bin/index.js", node(24), { before: [...yarn(), "exec"] }));
  });

  it("else Pulumi itself does not find its SDK, and nothing of the package is asked", () => {
    const { code, output } = pulumi.preview(folder, ".", "bin/index.js", node(22));
    expect(code).not.toBe(0);
    expect(output).toContain("It looks like the Pulumi SDK has not been installed");
  });
});

describe("with yarn", () => {
  it("a program with node_modules compiles and runs", () => {
    using folder = Folder.create({
      "package.json": manifest(),
      "run.cjs": RUNNER,
      "index.ts": TYPESCRIPT,
      "tsconfig.json": tsconfig(CLASSIC),
    });
    folder.must(".", node(22), tool("yarn/bin/yarn.js"), "install", "--ignore-scripts", "--non-interactive");
    expect(compile(folder, ".", "5.4")).toEqual({ code: 0, output: "" });
    expect(folder.run(".", node(22), "run.cjs", "bin/index.js")).toEqual({ code: 0, output: WORKS });
    expectPlan(pulumi.preview(folder, ".", "bin/index.js", node(22)));
  });
});

describe("bundled by esbuild", () => {
  const BUNDLED = `${programs.COMMONJS}
const { cloudInit } = require("pulumi-mesh");
exports.userData = cloudInit(${programs.NETWORK}, { authKeyFile: "/etc/key", tags: ["tag:web"] });
exports.userData.apply((text) => console.log(text.startsWith("#cloud-config")));
`;
  let folder: Folder;
  const bundle = (...options: string[]) =>
    folder.must(
      ".",
      tool("esbuild/bin/esbuild"),
      "index.cjs",
      "--bundle",
      "--platform=node",
      "--outfile=out/index.cjs",
      "--external:@pulumi/*",
      ...options,
    );
  beforeAll(() => {
    folder = Folder.create({ "package.json": manifest(), "run.cjs": RUNNER, "index.cjs": BUNDLED });
    folder.must(".", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
  });
  afterAll(() => folder[Symbol.dispose]());

  it("a program runs that leaves the package out of the bundle", () => {
    bundle("--external:pulumi-mesh");
    expect(folder.run(".", node(22), "run.cjs", "out/index.cjs")).toEqual({
      code: 0,
      output: `true\n${WORKS}`,
    });
  });

  it("one that does not is told to, when it needs a file that no bundle has", () => {
    bundle("--external:*.node");
    const { code, output } = folder.run(".", node(22), "run.cjs", "out/index.cjs");
    expect(code).not.toBe(0);
    expect(output).toContain("pulumi-mesh is not whole");
    expect(output).toContain("leave pulumi-mesh out of the bundle (esbuild --external:pulumi-mesh)");
  });
});
