/** What the tailscale client has to know about Tailscale's own control server. */
import type { Flavor } from "../tailnet/flavor";
import { openTailscaleApi } from "./api";
import { tailscaleConfigSchema, type TailscaleConfig } from "./config";
import { openGivenKey } from "./given-key";

export const tailscaleFlavor: Flavor<TailscaleConfig> = {
  id: "tailscale",
  schema: tailscaleConfigSchema,
  loginServer: () => "https://controlplane.tailscale.com",
  synonyms: ["https://login.tailscale.com"],
  tagsBy: "request",
  takesMachineIdentity: true,
  openApi: (config, ctx, host) => openTailscaleApi(config, ctx, host),
  openGivenKey: (given, config, ctx, host) => openGivenKey(given, config, ctx, host),
  routeRemedy:
    "Approve them in the admin console, let autoApprovers in the policy do it, or set api_key_env (scope devices:routes).",
  tagRemedy:
    "Let the auth key's owner assign these tags (tagOwners in the policy), or create the key with exactly these tags; a node that is joined already gets other tags when api_key_env is set, in the admin console, or by leaving and joining again with a fresh key.",
};
