/** The declarations that come with the packed package: what a program's compiler reads of it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ROOT } from "../support/pages";
import { layOut } from "./support/jest-project";

/** What `pulumi new typescript` wrote for years, and TypeScript 6 still takes when it is told so. */
const CLASSIC = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  ignoreDeprecations: "6.0",
  experimentalDecorators: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  types: ["node"],
};

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { Mesh, loadNetwork, parseHosts } from "pulumi-mesh";
import { isMeshError } from "pulumi-mesh/errors";
import { register, type NetworkProvider } from "pulumi-mesh/providers";
import { connect, connectionSchema } from "pulumi-mesh/transport";
import * as config from "pulumi-mesh/config";

const mesh = new Mesh("mesh", { network: loadNetwork(), hosts: parseHosts({}) });
export const fqdns: pulumi.Output<Record<string, string>> = mesh.fqdns;
export const hosts = config.parseHosts({}, { connectionSchema });
export const used: unknown[] = [isMeshError, connect, (provider: NetworkProvider) => register(provider)];
`;

let folder: string;
let files: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-types-"));
  layOut(folder, {
    "tsconfig.json": JSON.stringify({ compilerOptions: CLASSIC, files: ["index.ts"] }),
    "index.ts": PROGRAM,
  });
  const installed = join(folder, "node_modules/pulumi-mesh");
  files = readdirSync(installed, { recursive: true, encoding: "utf8" }).map((name) => join(installed, name));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const named = (ending: string) => files.filter((name) => name.endsWith(ending));
const sizeOf = (paths: readonly string[]) => paths.reduce((sum, path) => sum + statSync(path).size, 0);

describe("the declarations of the packed package", () => {
  it("pass the compiler in a classic project, which looks into every one of them", () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false"],
      { cwd: folder, encoding: "utf8" },
    );
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("name no module but Pulumi's SDK", () => {
    const imported = named(".d.ts").flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/(?<!")\b(?:from|import) ?\(?"([^".][^"]*)"/g)].map(
        ([, name]) => name,
      ),
    );
    expect(new Set(imported)).toEqual(new Set(["@pulumi/pulumi"]));
  });

  it("are few beside the code", () => {
    expect(named(".d.ts").length).toBeGreaterThan(10);
    expect(sizeOf(named(".d.ts"))).toBeLessThan(sizeOf(named(".js")) / 4);
  });
});

it("every file of code comes with its map, which holds the source", () => {
  expect(named(".js").filter((path) => !files.includes(`${path}.map`))).toEqual([]);
  const maps = named(".js.map").map(
    (path) => JSON.parse(readFileSync(path, "utf8")) as { sourcesContent?: string[] },
  );
  expect(maps.filter(({ sourcesContent }) => !sourcesContent?.[0])).toEqual([]);
});
