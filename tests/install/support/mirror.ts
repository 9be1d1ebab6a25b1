/** The package mirror's files, as they lie on this machine: what an operator pushes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab";

/** The folder of the stable track. */
export function tarballFolder({ paths }: Lab): string {
  const { root } = JSON.parse(readFileSync(paths.mirrorConfig, "utf8")) as { root: string };
  return join(root, "stable");
}

export function tarballFile(lab: Lab, version: string): string {
  return join(tarballFolder(lab), `tailscale_${version}_amd64.tgz`);
}
