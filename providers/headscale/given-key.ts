/** What is given as an auth key and is none of Headscale's: a credential of an API, which no host is given. */
import { MeshError } from "../../errors";
import type { GivenKey } from "../tailnet/flavor";

/** Headscale's own since 0.28; before, they had no form of their own. */
const API_KEY = /^hskey-api-/;
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

function keyInvalid(host: string, message: string, remedy: string): MeshError {
  return new MeshError({ kind: "key-invalid", host, message, remedy });
}
