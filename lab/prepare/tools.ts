/** The programs that the lab builds from their Go modules: one table of versions, the same as in the go.mod files. */
import { join } from "node:path";
import { cacheDir, projectRoot } from "../system/files";

export interface Tool {
  readonly program: string;
  readonly version: string;
  readonly ldflags?: string;
  /** Minutes that a first build takes on two cores, downloads included. */
  readonly minutes: number;
  /** Files of a module that are needed beside the programs. */
  readonly extras?: { readonly module: string; readonly files: readonly string[] };
}

const tailscale = (version: string): Tool => ({
  program: "tailscale",
  version,
  ldflags: `-X tailscale.com/version.shortStamp=${version} -X tailscale.com/version.longStamp=${version}`,
  minutes: 4,
  extras: {
    module: "tailscale.com",
    files: [
      ...["cmd/tailscaled/tailscaled.service", "cmd/tailscaled/tailscaled.defaults"],
      ...["release/deb/debian.postinst.sh", "release/deb/debian.prerm.sh", "release/deb/debian.postrm.sh"],
    ],
  },
});

/** Keyed by the folder below lab/tools/ whose go.mod pins the tool's packages, in its `tool` lines. */
export const TOOLS = {
  headscale: { program: "headscale", version: "0.29.1", minutes: 3 },
  "headscale-0.28": { program: "headscale", version: "0.28.0", minutes: 4 },
  "headscale-0.27": { program: "headscale", version: "0.27.1", minutes: 4 },
  nfpm: { program: "nfpm", version: "2.45.0", minutes: 1 },
  tailscale: tailscale("1.102.0"),
  "tailscale-old": tailscale("1.98.1"),
  pulumi: {
    program: "pulumi",
    version: "3.259.0",
    // Without its version the program calls itself 3.0.0-dev, and Pulumi's Automation API refuses it.
    ldflags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0",
    minutes: 6,
  },
  "pulumi-language-nodejs": {
    program: "pulumi-language-nodejs",
    // The last version of the sdk module that contains the language host.
    version: "3.68.0",
    minutes: 1,
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** The two versions of the client that the package mirror offers, newest first. */
export const CLIENT_TOOLS = ["tailscale", "tailscale-old"] as const satisfies readonly ToolName[];

/** Versions of the client for a lab, newest first. */
export type Clients = readonly [ClientTool, ...ClientTool[]];
type ClientTool = (typeof CLIENT_TOOLS)[number];

/** For a lab that upgrades nothing: the older version takes minutes to build. */
export const NEWEST_CLIENT = ["tailscale"] as const satisfies Clients;

/** The folder with the tool's go.mod. */
export function toolSource(name: ToolName): string {
  return join(projectRoot(), "lab", "tools", name);
}

/** The folder with the built tool. */
export function toolFolder(name: ToolName): string {
  const { program, version } = TOOLS[name];
  return join(cacheDir(), "tools", `${program}-${version}`);
}

/** The built program, which need not exist yet. */
export function toolPath(name: ToolName, program: string = TOOLS[name].program): string {
  return join(toolFolder(name), program);
}
