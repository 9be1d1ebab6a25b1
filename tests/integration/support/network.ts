/** Network configurations for the lab, as users write them. */
import { readFileSync } from "node:fs";
import type { Lab } from "../../../lab";

type Block = Readonly<Record<string, unknown>>;

/** The lab's package mirror stands in for Tailscale's, and signs with a key of its own. */
export function installBlock(lab: Lab, settings: Block = {}): Block {
  return { repository_key: readFileSync(lab.paths.repositoryKeyFile, "utf8"), ...settings };
}

export function headscaleNetwork(lab: Lab, block: Block = {}): object {
  const common = {
    login_server: lab.loginServer,
    tailnet_domain: lab.baseDomain,
    auth_key_env: "MESH_AUTHKEY",
    install: installBlock(lab),
  };
  return { provider: "headscale", providers: { headscale: { ...common, ...block } } };
}

/** The unmodified `tailscale` provider: the lab's hosts resolve Tailscale's names to the lab. */
export function tailscaleNetwork(lab: Lab, block: Block = {}): object {
  return {
    provider: "tailscale",
    providers: {
      tailscale: {
        tailnet_domain: lab.baseDomain,
        auth_key_env: "MESH_AUTHKEY",
        install: installBlock(lab),
        ...block,
      },
    },
  };
}
