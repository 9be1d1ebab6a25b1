/** The network provider `tailscale`: Tailscale's own control server. Importing this module registers it. */
import { clientConfigSchema, type ClientConfig } from "../client/config";
import { createClientProvider } from "../client/provider";
import { register } from "../registry";

/** `network.providers.tailscale`. */
export const tailscaleConfigSchema = clientConfigSchema;

export const tailscale = createClientProvider<ClientConfig>({
  id: "tailscale",
  schema: tailscaleConfigSchema,
  loginServer: () => "https://controlplane.tailscale.com",
  synonyms: ["https://login.tailscale.com"],
  tagsBy: "request",
  tagRemedy:
    "Let the auth key's owner assign these tags (tagOwners in the policy), or create the key with exactly these tags; a node that is joined already gets other tags in the admin console, or by leaving and joining again with a fresh key.",
});

register(tailscale);
