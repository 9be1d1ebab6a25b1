/** Network configurations for the lab, as users write them. */
import type { Lab } from "../../../lab";

type Block = Readonly<Record<string, unknown>>;

export function headscaleNetwork(lab: Lab, block: Block = {}): object {
  const common = {
    login_server: lab.loginServer,
    tailnet_domain: lab.baseDomain,
    auth_key_env: "MESH_AUTHKEY",
  };
  return { provider: "headscale", providers: { headscale: { ...common, ...block } } };
}

/** The unmodified `tailscale` provider: the lab's hosts resolve Tailscale's names to the lab. */
export function tailscaleNetwork(lab: Lab, block: Block = {}): object {
  return {
    provider: "tailscale",
    providers: { tailscale: { tailnet_domain: lab.baseDomain, auth_key_env: "MESH_AUTHKEY", ...block } },
  };
}
