/** Network providers of one's own, in a process as Pulumi's are: a runner's sandbox has no `import()` like theirs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ROOT } from "../support/pages";
import { temporaryFolder } from "../support/temporary-folder";
import { build } from "./support/build";

const LOAD = `
  const { loadProvider } = require(process.argv[1]);
  const show = (provider) => console.log(provider.nodeFQDN("nas", {}));
  loadProvider("lan", process.argv[2]).then(show, (error) => console.log(error.message));
`;

const registration = (importing: string) => `${importing}
const nothing = () => Promise.resolve();
register({ id: "lan", ensureInstalled: nothing, ensureJoined: nothing, nodeFQDN: (host) => host + ".lan" });
`;
const ES_MODULE = registration(`import { register } from "pulumi-mesh/providers";`);

/** What loading \`module\` from a folder with these files comes to. */
function load(module: string, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder("provider");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/pulumi-mesh"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const args = ["-e", LOAD, join(ROOT, "dist/mesh/load-provider.js"), module];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return `${stdout}${stderr}`.trim();
}

beforeAll(build);

describe("the module of a network provider", () => {
  it("may be CommonJS", () => {
    const text = registration(`const { register } = require("pulumi-mesh/providers");`);
    expect(load("./lan.js", { "lan.js": text })).toBe("nas.lan");
  });

  it("may be an ES module, also one that awaits something", () => {
    expect(load("./lan.mjs", { "lan.mjs": `await Promise.resolve();\n${ES_MODULE}` })).toBe("nas.lan");
  });

  it("may be a package of the program's", () => {
    const manifest = JSON.stringify({ name: "lan", type: "module", main: "lan.js" });
    const files = { "node_modules/lan/package.json": manifest, "node_modules/lan/lan.js": ES_MODULE };
    expect(load("lan", files)).toBe("nas.lan");
  });

  it("that is not there, or fails, is named with the reason and what to do", () => {
    const message =
      /^unknown provider: the module "(.*)" of the network provider "lan" cannot be imported: (.*)\. Correct/;
    const refusals = [load("./none.js", {}), load("./lan.js", { "lan.js": `throw new Error("no licence")` })];
    expect(refusals.map((text) => message.exec(text)?.slice(1))).toEqual([
      ["./none.js", expect.stringMatching(/^Cannot find module '\.\/none\.js'/)],
      ["./lan.js", "no licence"],
    ]);
  });

  it("that registers another provider is no help", () => {
    expect(load("./lan.js", { "lan.js": "" })).toMatch(/no network provider "lan" is registered/);
  });
});
