/** What is given as an auth key and is more than that: an OAuth client secret makes keys here, other credentials are refused. */
import { MeshError } from "../../errors";
import type { ProviderContext } from "../contract";
import type { KeyMaker } from "../control-server/api";
import type { GivenKey } from "../tailnet/flavor";
import { openWithKey } from "./api";
import type { TailscaleConfig } from "./config";
import { isOAuthSecret, needsTags } from "./oauth-secret";

/** `tskey-api-...`, `tskey-scim-...`, `hskey-oauthtok-...`: all are worth more than one login. */
const OTHER_CREDENTIAL = /^(tskey|hskey)-(?!auth-|client-)[a-z]+-/;

/** See `Flavor.openGivenKey`. */
export function openGivenKey(
  { value, variable = "authKey", tags }: GivenKey,
  { tailnet, api_url: apiUrl }: TailscaleConfig,
  { signal }: Pick<ProviderContext, "signal">,
  host: string,
  baseUrl?: string,
): KeyMaker | undefined {
  if (OTHER_CREDENTIAL.test(value)) throw notAnAuthKey(host);
  if (!isOAuthSecret(value)) return undefined;
  if (tags.length === 0) throw needsTags(host, variable);
  return openWithKey({ key: value, variable, tailnet, signal, host, baseUrl, apiUrl });
}

function notAnAuthKey(host: string): MeshError {
  return new MeshError({
    kind: "key-invalid",
    host,
    message: "the auth key is a credential of Tailscale's API, which no host is given",
    remedy:
      "Put it into the variable that api_key_env names, and give no auth key: then a key is made for each login.",
  });
}
