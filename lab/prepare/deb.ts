/** Debian packages of the client, with the names, paths and scripts of the official ones. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { mustRun } from "../system/command";
import { type ToolName, TOOLS, toolFolder, toolPath } from "./tools";

/** This machine's architecture in Debian's words; hosts have the same. */
export const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;

export function debFileName(version: string): string {
  return `tailscale_${version}_${ARCHITECTURE}.deb`;
}

/** nfpm's configuration for the package whose parts lie in `folder`. */
export function buildPackageConfig(version: string, folder: string): string {
  const file = (name: string) => join(folder, name);
  return stringify({
    name: "tailscale",
    arch: ARCHITECTURE,
    version,
    version_schema: "none",
    section: "net",
    priority: "extra",
    maintainer: "pulumi-mesh lab <lab@localhost>",
    description: "The easiest, most secure, cross platform way to use WireGuard + oauth2 + 2FA/SSO",
    homepage: "https://www.tailscale.com",
    license: "BSD-3-Clause",
    depends: ["iptables"],
    conflicts: ["tailscale-relay"],
    replaces: ["tailscale-relay"],
    contents: [
      { src: file("tailscale"), dst: "/usr/bin/tailscale" },
      { src: file("tailscaled"), dst: "/usr/sbin/tailscaled" },
      {
        src: file("tailscaled.service"),
        dst: "/lib/systemd/system/tailscaled.service",
        file_info: { mode: 0o644 },
      },
      {
        src: file("tailscaled.defaults"),
        dst: "/etc/default/tailscaled",
        type: "config",
        file_info: { mode: 0o644 },
      },
    ],
    scripts: {
      postinstall: file("debian.postinst.sh"),
      preremove: file("debian.prerm.sh"),
      postremove: file("debian.postrm.sh"),
    },
  });
}

/** Packs a built client as a .deb in the folder `into`. */
export async function makeDeb(tool: ToolName, work: string, into: string): Promise<void> {
  const { version } = TOOLS[tool];
  const config = join(work, `${version}.yaml`);
  await writeFile(config, buildPackageConfig(version, toolFolder(tool)));
  await mustRun([
    toolPath("nfpm"),
    "package",
    "--config",
    config,
    "--packager",
    "deb",
    "--target",
    join(into, debFileName(version)),
  ]);
}
