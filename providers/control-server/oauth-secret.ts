/** OAuth client secrets of Tailscale in the place of an auth key: the client makes itself a key with them. */
import { MeshError } from "../../errors";

const PREFIX = "tskey-client-";

/**
 * Why a tag is refused that the OAuth client has (terraform-provider-tailscale#437, tailscale#15456): the tags of a key
 * must be all those of the client, or be owned by one of them.
 */
export const FULL_TAG_SET_RULE =
  "Tailscale gives an OAuth client all of its tags or none: let the host's tags be exactly those of the OAuth client, give the client one tag that owns the host's tags in the policy (tagOwners), or make one OAuth client for each set of tags.";

export function isOAuthSecret(key: string): boolean {
  return key.startsWith(PREFIX);
}

/**
 * Pure: the secret with the options of the key that the client makes: without them nodes would be ephemeral, which go
 * when they are offline, and wait for approval (tailscale/tailscale, feature/oauthkey). A query of the user's own stays.
 */
export function withKeyOptions(secret: string): string {
  return secret.includes("?") ? secret : `${secret}?ephemeral=false&preauthorized=true`;
}

/** Pure: the id that stands in the secret, `tskey-client-<id>-<secret>`. */
export function clientIdOf(secret: string): string {
  return secret.slice(PREFIX.length).split("-")[0] ?? "";
}

/** An OAuth client belongs to no user, who could own a node without tags. */
export function needsTags(host: string, variable: string | undefined): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: `${variable === undefined ? "the key" : variable} holds an OAuth client secret, with which a host can only join with tags, and the host has none`,
    remedy: "Give the host the OAuth client's tags (default_tags, role_tags or the host's own tags).",
  });
}
