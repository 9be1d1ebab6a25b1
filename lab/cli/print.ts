/** What `env` prints. */
import type { Lab } from "../lab";
import type { LabHost } from "../scenario/state";

/** The lab as one JSON object, for programs that are not written in TypeScript. */
export function formatLab(
  lab: Pick<Lab, "name" | "identityFile" | "caFile" | "loginServer" | "baseDomain" | "env"> & {
    readonly hosts: readonly Pick<LabHost, "name" | "address">[];
  },
): string {
  const { name, identityFile, caFile, loginServer, baseDomain, env } = lab;
  const hosts = lab.hosts.map((host) => ({ name: host.name, address: host.address, port: 22, user: "root" }));
  return JSON.stringify({ name, hosts, identityFile, caFile, loginServer, baseDomain, env }, undefined, 2);
}

/** Lines for a POSIX shell's `eval`. */
export function formatExports(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join("\n");
}
