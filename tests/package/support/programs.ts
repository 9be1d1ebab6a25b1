/** One program in every style that Pulumi runs, and what runs it without a stack. */
import { version } from "@pulumi/pulumi/version";

export const SDK = version;

export const NETWORK = `{
    provider: "headscale",
    providers: { headscale: { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" } },
  }`;

const ARGUMENTS = `"mesh", {
  network: ${NETWORK},
  hosts: { "web-1": { connection: { host: "203.0.113.8" } } },
}`;

export const TYPESCRIPT = `import * as pulumi from "@pulumi/pulumi";
import { Mesh } from "pulumi-mesh";
import { isMeshError } from "pulumi-mesh/errors";

const mesh = new Mesh(${ARGUMENTS});
export const fqdn: pulumi.Output<string> = mesh.hosts["web-1"].fqdn;
export const isOurs: boolean = isMeshError(new Error("no"));
`;

export const COMMONJS = `const { Mesh } = require("pulumi-mesh");
exports.fqdn = new Mesh(${ARGUMENTS}).hosts["web-1"].fqdn;
`;

export const ES_MODULE = `import { Mesh } from "pulumi-mesh";
export const fqdn = new Mesh(${ARGUMENTS}).hosts["web-1"].fqdn;
`;

/** Loads a program under mocks and prints its FQDN; then the handlers, as the dynamic provider's process finds them. */
export const RUNNER = `const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const { realpathSync } = require("node:fs");
const load = createRequire(process.cwd() + "/");
const pulumi = load("@pulumi/pulumi");
(async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  const program = await import(pathToFileURL(realpathSync(process.argv[2])).href);
  console.log(await new Promise((resolve) => program.fqdn.apply(resolve)));
  const { check } = load("pulumi-mesh/handlers");
  const { failures } = await check({ old: true }, { name: "web_1", provider: "headscale", config: {}, connection: "local" });
  console.log(failures.length > 0 ? "checked" : "not checked");
})();
`;

/** What a program prints that works. */
export const WORKS = "web-1.mesh.example.com\nchecked\n";

/** `pulumi new typescript` of former years. */
export const CLASSIC = {
  ...{ strict: true, outDir: "bin", target: "es2020", module: "commonjs", moduleResolution: "node" },
  ...{ sourceMap: true, experimentalDecorators: true, pretty: false, noFallthroughCasesInSwitch: true },
  ...{ noImplicitReturns: true, forceConsistentCasingInFileNames: true, types: ["node"] },
};

export const NODENEXT = {
  strict: true,
  outDir: "bin",
  target: "es2022",
  module: "nodenext",
  types: ["node"],
};

export const tsconfig = (compilerOptions: object) => JSON.stringify({ compilerOptions, files: ["index.ts"] });
