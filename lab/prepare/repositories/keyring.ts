/** The package `tailscale-archive-keyring`: the official apt repository has it beside the client, which recommends it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { mustRun } from "../../system/command";
import type { Signer } from "../signing";
import { toolPath } from "../tools";

const VERSION = "1.35.181";

/** How the client's package names it. */
export const KEYRING_PACKAGE = `tailscale-archive-keyring (>= ${VERSION})`;

/** Packs the mirror's own key into a file of the folder `pool`. */
export async function packKeyring(pool: string, work: string, signer: Signer): Promise<string> {
  const key = join(work, "keyring.gpg");
  await signer.exportKey(key, false);
  const config = join(work, "keyring.yaml");
  const contents = [{ src: key, dst: "/usr/share/keyrings/tailscale-archive-keyring.gpg" }];
  const maintainer = "pulumi-mesh lab <lab@localhost>";
  const about = { name: "tailscale-archive-keyring", arch: "all", version: VERSION, maintainer, contents };
  await writeFile(config, stringify({ ...about, description: "The key of the package repository" }));
  const target = join(pool, `tailscale-archive-keyring_${VERSION}_all.deb`);
  await mustRun([toolPath("nfpm"), "package", "--config", config, "--packager", "deb", "--target", target]);
  return target;
}
