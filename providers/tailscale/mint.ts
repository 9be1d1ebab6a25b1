/** Makes auth keys through Tailscale's API. */
import type { MeshError } from "../../errors";
import { MINTED_KEY_MINUTES, type MintedKey, type MintOptions } from "../control-server/api";
import type { HttpAnswer, HttpClient, Send } from "../control-server/http";
import { FULL_TAG_SET_RULE, needsTags, type KeyOptions } from "./oauth-secret";
import { mintedSchema } from "./wire";

export interface MintAccess {
  readonly http: HttpClient;
  readonly send: Send;
  /** Whether the API is called as an OAuth client or a federated identity, which have tags and no user. */
  readonly isClient: boolean;
  readonly variable: string;
  /** `/tailnet/-`. */
  readonly tailnet: string;
  /** Those behind an OAuth client secret. */
  readonly options?: KeyOptions;
}

/** Throws tag-refused when the policy or the OAuth client does not allow the tags. */
export async function mintAuthKey(
  access: MintAccess,
  { host, tags, ephemeral }: MintOptions,
): Promise<MintedKey> {
  const { http, send, tailnet } = access;
  if (access.isClient && tags.length === 0) throw needsTags(host, access.variable);
  const answer = await send("POST", `${tailnet}/keys`, {
    body: buildRequest(host, tags, { ...access.options, ...(ephemeral === undefined ? {} : { ephemeral }) }),
    repeatable: false,
  });
  if (!answer.ok) throw notMinted(access, answer, tags);
  const { id, key } = http.parse(mintedSchema, answer);
  return {
    key,
    async revoke() {
      const answer = await send("DELETE", `${tailnet}/keys/${encodeURIComponent(id)}`, { detached: true });
      // Of a one-time key that was used it says "404 page not found", in its own JSON (terraform-provider-tailscale#59).
      const isGone = answer.status === 404 && answer.toldByApi;
      if (!answer.ok && !isGone) throw http.refusal("revoke the auth key that was made", answer);
    },
  };
}

/** Pure: `CreateKeyRequest` of the Go client. A description takes letters, digits, hyphens and spaces, 50 at most. */
function buildRequest(host: string, tags: readonly string[], options: Partial<KeyOptions>): object {
  const { ephemeral = false, preauthorized = true } = options;
  const create = { reusable: false, ephemeral, preauthorized, tags };
  return {
    capabilities: { devices: { create } },
    expirySeconds: MINTED_KEY_MINUTES * 60,
    description: `pulumi-mesh ${host}`.slice(0, 50),
  };
}

function notMinted({ http, isClient }: MintAccess, answer: HttpAnswer, tags: readonly string[]): MeshError {
  const { message, status, toldByApi } = answer;
  if (!toldByApi || status === 404) return http.refusal("make an auth key", answer);
  if (tags.length > 0 && /\btags?\b/i.test(message)) {
    const remedy = isClient
      ? FULL_TAG_SET_RULE
      : "Add the tags to tagOwners in the tailnet's policy, owned by whoever the API key belongs to, or correct them.";
    return http.error("tag-refused", `Tailscale made no key with ${tags.join(", ")}: ${message}`, remedy);
  }
  return http.error(
    "control-server",
    `Tailscale made no auth key: ${message}`,
    "Correct what it says, or give the host an auth key (auth_key_env); then run the command again.",
  );
}
