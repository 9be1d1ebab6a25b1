/** What is given as an auth key and is none of Headscale's: a credential of an API, which no host is given. */
import { MeshError } from "../../errors";
import type { GivenKey } from "../tailnet/flavor";

/** Headscale's own since 0.28; before, they had no form of their own. Those of OAuth clients come with 0.30. */
const API_KEY = /^hskey-(?!auth-)[a-z]+-/;
/** For an API that this network provider does not use. */
const OAUTH_SECRET = /^hskey-(client|oauthtok)-/;
const FOREIGN = /^tskey-(?!auth-)[a-z]+-/;

/** See `Flavor.openGivenKey`: always an auth key, or an error. */
export function mustBeAuthKey({ value }: GivenKey, host: string): undefined {
  if (API_KEY.test(value))
    throw keyInvalid(
      host,
      "the auth key is a key of Headscale's API, which no host is given",
      "Put it into the variable that api_key_env names, and give no auth key: then a key is made for each login.",
    );
  if (FOREIGN.test(value))
    throw keyInvalid(
      host,
      "the auth key is a credential of Tailscale's API, which this control server does not take",
      "Create an auth key at the control server.",
    );
  return undefined;
}

/** Throws key-invalid for a secret of an OAuth client, which Headscale's API v1 does not take. */
export function mustBeApiKey(value: string, variable: string, host: string): void {
  if (!OAUTH_SECRET.test(value)) return;
  throw keyInvalid(
    host,
    `${variable} holds the secret of an OAuth client, which is for Headscale's API v2 alone`,
    "Put an API key there (`headscale apikeys create`), or use the network provider tailscale with api_url.",
  );
}

function keyInvalid(host: string, message: string, remedy: string): MeshError {
  return new MeshError({ kind: "key-invalid", host, message, remedy });
}
