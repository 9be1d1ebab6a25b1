/**
 * One lab for all integration tests: booted once (with the release of Headscale that MESH_TEST_HEADSCALE names, or the
 * newest), or the running one that MESH_TEST_LAB names; the teardown ends what was booted here.
 */
import { execFileSync } from "node:child_process";
import { Lab, logToStderr, parseHeadscaleRelease, removeStaleLabs } from "../../../lab";
import { BOOTED_LAB } from "./booted-lab";

const PREFIX = "t-";

export default async function setup(): Promise<void> {
  if (process.env["MESH_TEST_BUILT"] === undefined)
    execFileSync("npm", ["run", "-s", "build"], { stdio: "inherit" });
  if (process.env["MESH_TEST_LAB"] !== undefined) return;
  await removeStaleLabs(PREFIX, logToStderr);
  const name = `${PREFIX}${process.pid.toString(36)}`;
  const release = process.env["MESH_TEST_HEADSCALE"];
  const headscale = release === undefined ? undefined : parseHeadscaleRelease(release);
  await Lab.up({ name, hosts: 3, headscale, log: logToStderr });
  process.env[BOOTED_LAB] = name;
}
