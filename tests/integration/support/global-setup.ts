/**
 * One lab for all integration tests: booted once (with the release of Headscale that MESH_TEST_HEADSCALE names, or the
 * newest), or the running one that MESH_TEST_LAB names; gone when they are done.
 */
import { execFileSync } from "node:child_process";
import type { TestProject } from "vitest/node" with { "resolution-mode": "import" };
import { Lab, logToStderr, parseHeadscaleRelease, removeStaleLabs } from "../../../lab";

const PREFIX = "t-";

declare module "vitest" {
  interface ProvidedContext {
    lab: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env["MESH_TEST_BUILT"] === undefined)
    execFileSync("npm", ["run", "-s", "build"], { stdio: "inherit" });
  const running = process.env["MESH_TEST_LAB"];
  if (running !== undefined) {
    project.provide("lab", running);
    return () => Promise.resolve();
  }
  await removeStaleLabs(PREFIX, logToStderr);
  const name = `${PREFIX}${process.pid.toString(36)}`;
  const release = process.env["MESH_TEST_HEADSCALE"];
  const headscale = release === undefined ? undefined : parseHeadscaleRelease(release);
  const lab = await Lab.up({ name, hosts: 3, headscale, log: logToStderr });
  project.provide("lab", name);
  return () => lab.down();
}
