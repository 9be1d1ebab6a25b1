/** What is looked at on this machine: once for each network that the hosts join. */
import { isDeepStrictEqual } from "node:util";
import { isMeshError } from "../../errors";
import { loadProvider } from "../../mesh/load-provider";
import type { Finding } from "../../providers";
import type { DeclaredHost } from "../hosts";

interface JoinedNetwork {
  readonly first: DeclaredHost;
  readonly hosts: DeclaredHost[];
}

export async function checkHere(hosts: readonly DeclaredHost[]): Promise<Finding[]> {
  const findings = await Promise.all(networksOf(hosts).map(checkNetwork));
  return findings.flat();
}

async function checkNetwork({ first, hosts }: JoinedNetwork): Promise<readonly Finding[]> {
  try {
    const provider = await loadProvider(first.provider, first.module);
    const { signal } = new AbortController();
    return (
      (await provider.checkAccess?.(
        { env: process.env, signal },
        {
          config: first.config,
          tags: [...new Set(hosts.flatMap(({ tags }) => tags))].sort(),
          needsKey: hosts.some(({ nodeId }) => nodeId === undefined),
        },
      )) ?? []
    );
  } catch (error) {
    if (!isMeshError(error)) throw error;
    return [{ check: "network", level: "fault", text: error.detail, remedy: error.remedy }];
  }
}

/** Pure: the hosts by the network that they join. */
function networksOf(hosts: readonly DeclaredHost[]): JoinedNetwork[] {
  const networks: JoinedNetwork[] = [];
  for (const host of hosts) {
    const known = networks.find(
      ({ first }) => first.provider === host.provider && isDeepStrictEqual(first.config, host.config),
    );
    if (known === undefined) networks.push({ first: host, hosts: [host] });
    else known.hosts.push(host);
  }
  return networks;
}
