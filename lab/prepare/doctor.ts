/** Finds out what this machine lacks for the lab, says so, and installs what Debian packages bring. */
import { LabError } from "../error";
import type { Log } from "../system/log";
import { installMissing } from "./packages";
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

/** Makes the machine ready or says exactly what is missing. */
export async function ensureMachine(log: Log): Promise<void> {
  await installMissing(async () => missingPackages(await examine()), log);
  const findings = await examine();
  const remedies = listRemedies(findings);
  if (remedies.length === 0) return;
  const missing = findings.filter(({ met }) => !met).map(({ requirement }) => requirement.name);
  throw new LabError(`this machine lacks: ${missing.join(", ")}`, remedies.join("\n"));
}
