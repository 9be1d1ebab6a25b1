/** The network provider `headscale`: a self-hosted control server. Importing this module registers it. */
import type { NetworkProvider } from "../contract";
import { createTailnetProvider } from "../tailnet/provider";
import { register } from "../registry";
import { openHeadscaleApi } from "./api";
import { headscaleConfigSchema, type HeadscaleConfig } from "./config";
import { mustBeAuthKey } from "./given-key";

export const headscale: NetworkProvider = createTailnetProvider<HeadscaleConfig>({
  id: "headscale",
  schema: headscaleConfigSchema,
  loginServer: (config) => config.login_server.replace(/\/+$/, ""),
  tagsBy: "key",
  logoutIsFinal: true, // headscale#3371
  openApi: openHeadscaleApi,
  openGivenKey: (given, _config, _ctx, host) => mustBeAuthKey(given, host),
  loginRemedies: {
    // headscale#3371: a tagged node that was logged out is refused with this text, whatever the key.
    "key-used":
      "Put a fresh preauth key into the variable that auth_key_env names (a reusable one for several hosts) and run `pulumi up` again: hosts that joined are left alone. If the key is fresh, this host was logged out before: delete its old node (`headscale nodes list`, `headscale nodes delete`).",
  },
  loginRenewsNot:
    "a login with an auth key gives such a node a key that never expires, or the tags of the auth key, or makes a second node of it",
  // tailscale#3545: a node hears of it with its first answer from the server only.
  routeRemedy:
    "Approve them (`headscale nodes approve-routes`), let autoApprovers in the policy do it, or set api_key_env. If they are approved: Headscale tells the node when it connects again (`systemctl restart tailscaled`).",
  cannotServe: {
    certificates:
      "needs a certificate for the node's name, and Headscale has none made; serve it as http, which the mesh encrypts ({ http: 80, to: ... }), or pass tcp on to a server that has a certificate of its own",
    funnel:
      "needs Tailscale's relays on the internet, which Headscale has not; put a reverse proxy with a public address before the node",
  },
  tagRemedy:
    "Create the preauth key with these tags (`headscale preauthkeys create --tags ...`), or set api_key_env so that they are set through Headscale's API.",
});

register(headscale);
