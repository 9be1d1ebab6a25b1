/** Brings a lab up, or back up: each step finds out whether it is done already, so repeating it repairs. */
import { mkdir } from "node:fs/promises";
import { ensureCertificates } from "../control/certificates";
import { ensureHeadscale, ensureUserAndPolicy } from "../control/headscale";
import { loginServer } from "../control/config";
import { UsageError } from "../error";
import { awaitBooted, ensureBooted, type HostSpec } from "../hosts/boot";
import { ensureSeed } from "../hosts/seed";
import { ensureMirrorServer } from "../mirror/daemon";
import { setHostsEntry } from "../network/hosts-file";
import { labNames } from "../network/names";
import { ensureBridge, ensureNetwork } from "../network/network";
import { controlAddress, hostAddress, MAX_HOSTS, type Subnet } from "../network/subnet";
import { type Prepared, prepareMachine } from "../prepare";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { ensureEnvironment, missingPulumiTools } from "./environment";
import { type LabPaths, labPaths } from "../paths";
import { type LabHost, type LabState, loadState, saveState } from "./state";

export interface UpOptions {
  readonly name: string;
  /** How many hosts at least; a lab that has more keeps them. Default 3 for a new one. */
  readonly hosts?: number;
  readonly owner?: LabState["owner"];
  readonly log: Log;
}

const DEFAULT_HOSTS = 3;

/** The hosts of a lab of `count` hosts: host-1, host-2, ... */
export function planHosts(subnet: Subnet, count: number): LabHost[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `host-${i + 1}`,
    address: hostAddress(subnet, i + 1),
  }));
}

export async function bringUp({ name, hosts, owner, log }: UpOptions): Promise<LabState> {
  if (hosts !== undefined && (hosts < 0 || hosts > MAX_HOSTS))
    throw new UsageError(`a lab has 0 to ${MAX_HOSTS} hosts, not ${hosts}`);
  const paths = labPaths(name);
  const path = process.env["PATH"] ?? "";
  const prepared = await prepareMachine(missingPulumiTools(path, paths.bin), log);
  return withLock(
    `lab-${name}`,
    async () => {
      const before = await loadState(name);
      const wanted = Math.max(hosts ?? (before === undefined ? DEFAULT_HOSTS : 0), before?.wanted ?? 0);
      // First of all, so that whatever happens from here on, the lab is known and can be taken down.
      const state: LabState = {
        version: 1,
        name,
        wanted,
        hosts: before?.hosts ?? [],
        owner: owner ?? before?.owner,
      };
      await mkdir(paths.root, { recursive: true, mode: 0o700 });
      await saveState(state);
      return build(state, paths, prepared, path, log);
    },
    { onWait: () => log(`waiting for another command on the lab ${name} ...`) },
  );
}

async function build(
  state: LabState,
  paths: LabPaths,
  { image, mirror }: Prepared,
  path: string,
  log: Log,
): Promise<LabState> {
  const { name } = state;
  const [network] = await Promise.all([
    ensureNetwork(name),
    ensureCertificates(name, paths),
    ensureEnvironment(paths, path),
  ]);
  const { subnet } = network;
  const ready: LabState = { ...state, hosts: planHosts(subnet, state.wanted) };
  await saveState(ready);
  await Promise.all([ensureBridge(name, network), ensureSeed(name, subnet, paths)]);
  await setHostsEntry(labNames(name).marker, {
    address: controlAddress(subnet),
    name: labNames(name).controlServer,
  });

  const servers = async () => {
    await Promise.all([ensureHeadscale(name, subnet, paths), ensureMirrorServer(mirror, subnet, paths)]);
    await ensureUserAndPolicy(paths);
    log(`control server ${loginServer(name)} and package mirror answer`);
  };
  await Promise.all([servers(), ...ready.hosts.map((host) => startHost(hostSpec(ready, host, image), log))]);
  return ready;
}

async function startHost(spec: HostSpec, log: Log): Promise<void> {
  const changed = await ensureBooted(spec);
  await awaitBooted(spec);
  log(`${spec.name} ${changed ? "has booted" : "is up"} at ${spec.address}`);
}

export function hostSpec(state: LabState, host: LabHost, image: string): HostSpec {
  return { lab: state.name, ...host, image, seed: labPaths(state.name).seed };
}
