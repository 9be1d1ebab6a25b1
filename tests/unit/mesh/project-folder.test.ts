import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { temporaryFolder } from "../../support/temporary-folder";
import { projectFolder } from "../../../mesh/project-folder";

function project(): { root: string; program: string } {
  const root = temporaryFolder("project");
  const program = join(root, "dist", "program");
  mkdirSync(program, { recursive: true });
  writeFileSync(join(root, "Pulumi.yaml"), "name: x\n");
  return { root, program };
}

it("is what the engine says", () => {
  const { root } = project();
  expect(projectFolder(root, "/")).toBe(root);
});

it("is found from the program's folder when the language host does not say, whatever the SDK makes up", () => {
  const { root, program } = project();
  for (const told of ["rootDirectory", join(program, "rootDirectory"), ""])
    expect(projectFolder(told, program)).toBe(root);
});

it("is the program's own where there is no Pulumi.yaml (an inline program)", () => {
  const { root } = project();
  rmSync(join(root, "Pulumi.yaml"));
  expect(projectFolder("rootDirectory", join(root, "dist"))).toBe(join(root, "dist"));
});
