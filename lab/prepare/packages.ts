/** Brings what Debian packages hold onto this machine: only as root, only where there is apt-get, and never without a word. */
import { mustRun, run } from "../system/command";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";

/** Installs the packages that `missing` names; whether it then names any is for the caller to see. */
export async function installMissing(missing: () => Promise<readonly string[]>, log: Log): Promise<void> {
  if ((await missing()).length === 0) return;
  // Two commands that install at the same time would be in each other's way: apt does not wait for its lists.
  const onWait = () => log("waiting for another command that installs Debian packages ...");
  await withLock("packages", () => install(missing, log), { onWait });
}

async function install(missing: () => Promise<readonly string[]>, log: Log): Promise<void> {
  const packages = await missing();
  const canInstall = process.getuid?.() === 0 && (await run(["apt-get", "--version"])).code === 0;
  if (packages.length === 0 || !canInstall) return;
  log(`installing Debian packages: ${packages.join(" ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = ["apt-get", "--quiet", "--yes", "-o", "DPkg::Lock::Timeout=300"];
  await mustRun([...apt, "update"], { env });
  await mustRun([...apt, "install", "--no-install-recommends", ...packages], { env, deadline: 20 * 60_000 });
}
