/** What is up and what is not in a lab, as data and as lines to read. */
import { loginServer } from "../control/config";
import { headscaleIdentity } from "../control/headscale";
import type { HeadscaleRelease } from "../control/releases";
import { containerName } from "../network/names";
import { mirrorDaemon } from "../mirror/daemon";
import { run } from "../system/command";
import { isRunning } from "../system/daemon";
import { labPaths } from "../paths";
import { DEFAULT_PLAN } from "./plan";
import type { LabHost, LabState } from "./state";

export interface LabStatus {
  readonly name: string;
  readonly loginServer: string;
  readonly headscale: HeadscaleRelease;
  readonly controlServer: boolean;
  readonly packageMirror: boolean;
  readonly hosts: readonly (LabHost & { readonly up: boolean })[];
}

export async function readStatus(state: LabState): Promise<LabStatus> {
  const paths = labPaths(state.name);
  const hosts = state.hosts.map(async (host) => {
    const inspect = [
      "podman",
      "inspect",
      "--format",
      "{{.State.Running}}",
      containerName(state.name, host.name),
    ];
    return { ...host, up: (await run(inspect)).stdout.trim() === "true" };
  });
  return {
    name: state.name,
    loginServer: loginServer(state.name),
    headscale: state.headscale,
    controlServer: await isRunning(headscaleIdentity(paths)),
    packageMirror: await isRunning(mirrorDaemon(paths)),
    hosts: await Promise.all(hosts),
  };
}

/** What is not as on every host. */
function peculiarities({ image, tun }: LabHost): string[] {
  return [...(image === DEFAULT_PLAN.image ? [] : [image]), ...(tun ? [] : ["no TUN device"])];
}

export function formatStatus(status: LabStatus): string {
  const word = (up: boolean) => (up ? "up" : "down");
  const rows = [
    ["control server", word(status.controlServer), `${status.loginServer}  Headscale ${status.headscale}`],
    ["package mirror", word(status.packageMirror), "https://pkgs.tailscale.com (on the hosts)"],
    ...status.hosts.map((host) => [
      host.name,
      word(host.up),
      [host.address, ...peculiarities(host)].join("  "),
    ]),
  ];
  const width = Math.max(...rows.map(([first]) => first?.length ?? 0));
  return [
    `lab ${status.name}`,
    ...rows.map(([a = "", b = "", c = ""]) => `  ${a.padEnd(width)}  ${b.padEnd(4)}  ${c}`),
  ].join("\n");
}
