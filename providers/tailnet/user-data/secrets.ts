/** What of secrets may stand in user-data: none, but for an auth key that was given for it. */
import { MeshError } from "../../../errors";
import type { TailnetConfig } from "../config";
import type { Flavor } from "../flavor";

/** As Tailscale and Headscale mark what they issue. */
const SECRET = /\b(tskey|hskey)-\w+-/i;

/** Throws for what is given as an auth key and is worth more than a login: the secret of an OAuth client, a key of an API. */
export function mustBeForALogin<C extends TailnetConfig>(
  flavor: Flavor<C>,
  config: C,
  value: string,
  host: string,
): void {
  // Whether the host has tags does not matter: no key is made here.
  const given = { value, tags: ["tag:any"] };
  const { signal } = new AbortController();
  if (flavor.openGivenKey?.(given, config, { signal }, host) === undefined) return;
  throw refused(
    "the auth key is the secret of an OAuth client, which never goes into user-data",
    "Let the machine log in with workloadIdentity, or create an auth key with it that is for these machines only.",
  );
}

/** Throws where the text holds a secret beside the auth key that was given for it. */
export function mustHoldNoSecret(text: string, authKey: string | undefined): void {
  const rest = authKey === undefined ? text : text.replaceAll(authKey, "");
  if (!SECRET.test(rest)) return;
  throw refused(
    "one of the values is a secret, which every process of the machine could read in its user-data",
    "Take it out; what the machine logs in with is authKeyFile, workloadIdentity or authKey.",
  );
}

function refused(message: string, remedy: string): MeshError {
  return new MeshError({ kind: "invalid-config", message: `cloudInit: ${message}`, remedy });
}
