/** What `env` prints. */
import type { Lab } from "../lab";

/** The lab as one JSON object, for programs that are not written in TypeScript. */
export function formatLab(
  lab: Pick<Lab, "name" | "hosts" | "identityFile" | "caFile" | "loginServer" | "baseDomain" | "env">,
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
