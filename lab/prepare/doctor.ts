/** Finds out what this machine lacks for the lab, says so, and installs what Debian packages bring. */
import { LabError } from "../error";
import { mustRun, run } from "../system/command";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { listRequirements, type Requirement } from "./requirements";

export interface Finding {
  readonly requirement: Requirement;
  readonly met: boolean;
}

export async function examine(): Promise<Finding[]> {
  const requirements = listRequirements();
  const met = await Promise.all(requirements.map((requirement) => requirement.isMet()));
  return requirements.map((requirement, i) => ({ requirement, met: met[i] === true }));
}

/** The Debian packages that would help, each once, sorted. */
export function missingPackages(findings: readonly Finding[]): string[] {
  const names = findings.filter(({ met }) => !met).map(({ requirement }) => requirement.debianPackage);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** What a person has to do; an empty list when the machine is ready. */
export function listRemedies(findings: readonly Finding[]): string[] {
  const packages = missingPackages(findings);
  const install = `Install with your package manager (Debian's names): apt-get install ${packages.join(" ")}`;
  const others = findings.filter(({ met, requirement }) => !met && requirement.debianPackage === undefined);
  return [
    ...others.map(({ requirement }) => requirement.remedy ?? ""),
    ...(packages.length > 0 ? [install] : []),
  ];
}

/** Makes the machine ready or says exactly what is missing. Installs only as root, and only where there is apt-get. */
export async function ensureMachine(log: Log): Promise<void> {
  let findings = await examine();
  if (missingPackages(findings).length > 0) {
    // Two labs that are brought up at the same time would be in each other's way: apt does not wait for its lists.
    const onWait = () => log("waiting for another command that installs Debian packages ...");
    findings = await withLock("packages", () => installMissing(log), { onWait });
  }
  const remedies = listRemedies(findings);
  if (remedies.length === 0) return;
  const missing = findings.filter(({ met }) => !met).map(({ requirement }) => requirement.name);
  throw new LabError(`this machine lacks: ${missing.join(", ")}`, remedies.join("\n"));
}

async function installMissing(log: Log): Promise<Finding[]> {
  const findings = await examine();
  const packages = missingPackages(findings);
  const canInstall = process.getuid?.() === 0 && (await run(["apt-get", "--version"])).code === 0;
  if (packages.length === 0 || !canInstall) return findings;
  log(`installing Debian packages: ${packages.join(" ")} ...`);
  await installPackages(packages);
  return examine();
}

async function installPackages(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = ["apt-get", "--quiet", "--yes", "-o", "DPkg::Lock::Timeout=300"];
  await mustRun([...apt, "update"], { env });
  await mustRun([...apt, "install", "--no-install-recommends", ...packages], { env, deadline: 20 * 60_000 });
}
