/** What the API is called with: an access token as it is, or one that an OAuth client secret is exchanged for. */
import type { HttpClient } from "../control-server/http";
import { Shared, SharedBy } from "../control-server/shared";
import { inOwnName } from "../control-server/shared-reads";
import { clientIdOf, isOAuthSecret, withoutOptions } from "./oauth-secret";
import { tokenSchema } from "./wire";

/** Milliseconds of the hour that a token is good for. */
const TOKEN_AGE = 45 * 60_000;

/** One token for all hosts, by address and what it is given for. */
const tokens = new SharedBy(() => new Shared<string>());

/**
 * The token that is given for `what`, asked for by `exchange` when nobody has before: `detached`, for others wait for it when the
 * run of the one who asked first is cancelled. Its holder keeps it out of all texts.
 */
export async function sharedToken(
  http: HttpClient,
  what: readonly string[],
  exchange: () => Promise<string>,
): Promise<string> {
  const { value } = await tokens.of(what).read({ since: -1, maxAge: TOKEN_AGE }, exchange);
  return inOwnName(http, value);
}

/** Returns the token, asking for one when nobody has before. Throws key-invalid when the variable holds something else. */
export function tokenSource(
  http: HttpClient,
  secrets: Set<string>,
  key: string,
  variable: string,
  address: string,
): () => Promise<string> {
  return async () => {
    if (/^(tskey-(auth|webhook|scim)|hskey-auth)-/.test(key)) {
      throw http.error(
        "key-invalid",
        `${variable} holds another kind of key than one for Tailscale's API`,
        "Put an API access token (tskey-api-...) or an OAuth client secret (tskey-client-...) there; auth keys go into the variable that auth_key_env names.",
      );
    }
    if (!isOAuthSecret(key)) return key;
    secrets.add(withoutOptions(key));
    const token = await sharedToken(http, [address, key], () => exchange(http, key, variable));
    secrets.add(token);
    return token;
  };
}

/** OAuth 2.0 client credentials; the server reads the client's id from the secret. */
async function exchange(http: HttpClient, key: string, variable: string): Promise<string> {
  const secret = withoutOptions(key);
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientIdOf(secret),
    client_secret: secret,
  });
  const answer = await http.send({ method: "POST", path: "/api/v2/oauth/token", body, detached: true });
  if (answer.status >= 500 || [404, 429].includes(answer.status) || (!answer.ok && !answer.toldByApi))
    throw http.refusal("give an access token", answer);
  if (!answer.ok) {
    throw http.error(
      "key-invalid",
      `Tailscale does not accept the OAuth client secret in ${variable}: ${answer.message}`,
      "Check that the OAuth client exists, with the scopes devices:core and auth_keys, and copy its secret again.",
    );
  }
  return http.parse(tokenSchema, answer).access_token;
}
