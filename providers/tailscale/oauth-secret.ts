/** OAuth client secrets: what an access token is exchanged for here, on this machine. No host ever gets one. */
import { MeshError } from "../../errors";

/** Tailscale's, and Headscale's for the API of the same form that it has from 0.30 on. */
const PREFIX = /^(tskey|hskey)-client-/;

/**
 * Why a tag is refused that the OAuth client has (terraform-provider-tailscale#437, tailscale#15456): the tags of a key
 * must be all those of the client, or be owned by one of them.
 */
export const FULL_TAG_SET_RULE =
  "Tailscale gives an OAuth client all of its tags or none: let the host's tags be exactly those of the OAuth client, give the client one tag that owns the host's tags in the policy (tagOwners), or make one OAuth client for each set of tags.";

export function isOAuthSecret(key: string): boolean {
  return PREFIX.test(key);
}

/** Pure: the id that stands in the secret, `tskey-client-<id>-<secret>`. */
export function clientIdOf(secret: string): string {
  return secret.replace(PREFIX, "").split("-")[0] ?? "";
}

/** Pure: the secret without the options behind it. */
export function withoutOptions(secret: string): string {
  return secret.split("?")[0]!;
}

/** How a key is made with a secret, as its options say; their names are those of Tailscale's own client (feature/oauthkey). */
export interface KeyOptions {
  readonly ephemeral: boolean;
  readonly preauthorized: boolean;
  /** Where the API is; for tests. */
  readonly baseUrl?: string;
}

const DEFAULTS: KeyOptions = { ephemeral: false, preauthorized: true };
const BOOLEANS = ["ephemeral", "preauthorized"];

/**
 * Pure: the options behind a secret (`tskey-client-...?ephemeral=true`). Unlike the client's, a node stays when it is offline and
 * waits for no approval, unless they say so. Throws key-invalid for one that is unknown, without any value.
 */
export function keyOptions(secret: string, host: string): KeyOptions {
  const query = secret.includes("?") ? secret.slice(secret.indexOf("?") + 1) : "";
  let options = DEFAULTS;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === "baseURL" && URL.canParse(value)) options = { ...options, baseUrl: value };
    else if (BOOLEANS.includes(name) && ["true", "false"].includes(value))
      options = { ...options, [name]: value === "true" };
    else throw wrongOption(host);
  }
  return options;
}

function wrongOption(host: string): MeshError {
  return new MeshError({
    kind: "key-invalid",
    host,
    message:
      "the OAuth client secret has an option behind it that is unknown, or has a value that it cannot have",
    remedy: "Write the options as ?ephemeral=true&preauthorized=false, or leave them out.",
  });
}

/** An OAuth client belongs to no user, who could own a node without tags. */
export function needsTags(host: string, variable: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: `${variable} stands for an OAuth client, with which a host can only join with tags, and the host has none`,
    remedy: "Give the host the OAuth client's tags (default_tags, role_tags or the host's own tags).",
  });
}
