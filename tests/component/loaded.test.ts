/** What an import of the package loads: a program only declares hosts, and waits for nothing that works on them. */
import { spawnSync } from "node:child_process";
import { beforeAll, expect, it } from "@jest/globals";
import { ROOT } from "../support/pages";
import { build } from "./support/build";

beforeAll(build);

it("an import loads no SSH client, and nothing that runs on hosts", () => {
  const text = `require("pulumi-mesh"); console.log(Object.keys(require.cache).join("\\n"))`;
  const { stdout } = spawnSync(process.execPath, ["-e", text], { cwd: ROOT, encoding: "utf8" });
  const loaded = stdout.split("\n").map((file) => file.replace(`${ROOT}/`, ""));
  expect(loaded).toContain("dist/mesh/index.js");
  expect(loaded).toContain("dist/providers/tailnet/provider.js");
  const idle =
    /node_modules\/ssh2\/|dist\/transport\/(exec|local|openssh)\/|dist\/providers\/tailnet\/(scripts|probe)\//;
  expect(loaded.filter((file) => idle.test(file))).toEqual([]);
});
