/** Brings a lab up, or back up: each step finds out whether it is done already, so repeating it repairs. */
import { mkdir } from "node:fs/promises";
import { ensureCertificates } from "../control/certificates";
import { ensureHeadscale, ensureUserAndPolicy } from "../control/headscale";
import { loginServer } from "../control/config";
import { DEFAULT_RELEASE, type HeadscaleRelease, headscaleTool } from "../control/releases";
import { UsageError } from "../error";
import { awaitBooted, ensureBooted, type HostSpec } from "../hosts/boot";
import { ensureSeed } from "../hosts/seed";
import type { HostImage } from "../hosts/variants";
import { ensureMirrorServer } from "../mirror/daemon";
import { setHostsEntry } from "../network/hosts-file";
import { labNames } from "../network/names";
import { ensureBridge, ensureNetwork } from "../network/network";
import { controlAddress, MAX_HOSTS } from "../network/subnet";
import { type Prepared, prepareMachine } from "../prepare";
import { ensureImage } from "../prepare/image";
import { CLIENT_TOOLS, type Clients } from "../prepare/tools";
import { withLock } from "../system/lock";
import type { Log } from "../system/log";
import { ensureEnvironment, missingPulumiTools } from "./environment";
import { type LabPaths, labPaths } from "../paths";
import { DEFAULT_PLAN, extendPlan, type HostPlan, planHosts } from "./plan";
import { type LabHost, type LabState, loadState, saveState } from "./state";

export interface UpOptions {
  readonly name: string;
  /** How many hosts at least; a lab that has more keeps them. Default 3 for a new one. */
  readonly hosts?: number;
  /** What hosts that are new are like; the others stay as they are. Default: Debian with a TUN device. */
  readonly plan?: HostPlan;
  /** Which release of Headscale; a lab keeps the one that it was made with. Default: the newest. */
  readonly headscale?: HeadscaleRelease;
  /** Which versions of the client can be installed. Default: all. */
  readonly clients?: Clients;
  readonly owner?: LabState["owner"];
  readonly log: Log;
}

type Images = Map<HostImage, string>;

const DEFAULT_HOSTS = 3;

export async function bringUp({
  name,
  hosts,
  plan = DEFAULT_PLAN,
  headscale,
  clients = CLIENT_TOOLS,
  owner,
  log,
}: UpOptions): Promise<LabState> {
  if (hosts !== undefined && (hosts < 0 || hosts > MAX_HOSTS))
    throw new UsageError(`a lab has 0 to ${MAX_HOSTS} hosts, not ${hosts}`);
  const paths = labPaths(name);
  const path = process.env["PATH"] ?? "";
  const release = chooseRelease(name, headscale, (await loadState(name))?.headscale);
  const tools = [headscaleTool(release), ...missingPulumiTools(path, paths.bin)];
  const prepared = await prepareMachine(tools, clients, log);
  return withLock(
    `lab-${name}`,
    async () => {
      const before = await loadState(name);
      const count = hosts ?? (before === undefined ? DEFAULT_HOSTS : 0);
      // First of all, so that whatever happens from here on, the lab is known and can be taken down.
      const state: LabState = {
        version: 1,
        name,
        wanted: extendPlan(before?.wanted ?? [], count, plan),
        hosts: before?.hosts ?? [],
        headscale: before?.headscale ?? release,
        owner: owner ?? before?.owner,
      };
      await mkdir(paths.root, { recursive: true, mode: 0o700 });
      await saveState(state);
      return build(state, paths, prepared, path, log);
    },
    { onWait: () => log(`waiting for another command on the lab ${name} ...`) },
  );
}

/** A lab keeps its release: its database and its nodes are made by it. */
function chooseRelease(
  name: string,
  wanted?: HeadscaleRelease,
  present?: HeadscaleRelease,
): HeadscaleRelease {
  if (wanted !== undefined && present !== undefined && wanted !== present)
    throw new UsageError(`the lab "${name}" runs Headscale ${present}; take it down to have ${wanted}`);
  return present ?? wanted ?? DEFAULT_RELEASE;
}

async function build(
  state: LabState,
  paths: LabPaths,
  { mirror }: Prepared,
  path: string,
  log: Log,
): Promise<LabState> {
  const { name } = state;
  const [images, network] = await Promise.all([
    ensureImages(state.wanted, log),
    ensureNetwork(name),
    ensureCertificates(name, paths),
    ensureEnvironment(paths, path),
  ]);
  const { subnet } = network;
  const ready: LabState = { ...state, hosts: planHosts(subnet, state.wanted) };
  await saveState(ready);
  await Promise.all([ensureBridge(name, network), ensureSeed(name, subnet, mirror, paths)]);
  await setHostsEntry(labNames(name).marker, {
    address: controlAddress(subnet),
    name: labNames(name).controlServer,
  });

  const server = { paths, release: state.headscale };
  const servers = async () => {
    await Promise.all([ensureHeadscale(name, subnet, server), ensureMirrorServer(mirror, subnet, paths)]);
    await ensureUserAndPolicy(server);
    log(`control server ${loginServer(name)} and package mirror answer`);
  };
  await Promise.all([servers(), ...ready.hosts.map((host) => startHost(hostSpec(ready, host, images), log))]);
  return ready;
}

/** Podman's names of the images that the hosts need, one made after the other. */
export async function ensureImages(plans: readonly HostPlan[], log: Log): Promise<Images> {
  const images: Images = new Map();
  for (const image of new Set(plans.map((plan) => plan.image)))
    images.set(image, await ensureImage(image, log));
  return images;
}

async function startHost(spec: HostSpec, log: Log): Promise<void> {
  const changed = await ensureBooted(spec);
  await awaitBooted(spec);
  log(`${spec.name} ${changed ? "has booted" : "is up"} at ${spec.address}`);
}

export function hostSpec(state: LabState, host: LabHost, images: Images): HostSpec {
  const bootImage = images.get(host.image) ?? "";
  return { lab: state.name, ...host, bootImage, seed: labPaths(state.name).seed };
}
