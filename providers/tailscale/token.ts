/** What the API is called with: an access token as it is, or one that an OAuth client secret is exchanged for. */
import type { HttpClient } from "../control-server/http";
import { clientIdOf, isOAuthSecret, withoutOptions } from "./oauth-secret";
import { tokenSchema } from "./wire";

/** Returns the token, asking for one at most once. Throws key-invalid when the variable holds something else. */
export function tokenSource(
  http: HttpClient,
  secrets: Set<string>,
  key: string,
  variable: string,
): () => Promise<string> {
  let exchanged: Promise<string> | undefined;
  return () => {
    if (/^(tskey-(auth|webhook|scim)|hskey-auth)-/.test(key)) {
      throw http.error(
        "key-invalid",
        `${variable} holds another kind of key than one for Tailscale's API`,
        "Put an API access token (tskey-api-...) or an OAuth client secret (tskey-client-...) there; auth keys go into the variable that auth_key_env names.",
      );
    }
    if (!isOAuthSecret(key)) return Promise.resolve(key);
    exchanged ??= exchange(http, secrets, key, variable);
    return exchanged;
  };
}

/** OAuth 2.0 client credentials; the server reads the client's id from the secret. */
async function exchange(
  http: HttpClient,
  secrets: Set<string>,
  key: string,
  variable: string,
): Promise<string> {
  const secret = withoutOptions(key);
  secrets.add(secret);
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientIdOf(secret),
    client_secret: secret,
  });
  const answer = await http.send({ method: "POST", path: "/api/v2/oauth/token", body });
  if (answer.status >= 500 || [404, 429].includes(answer.status) || (!answer.ok && !answer.toldByApi))
    throw http.refusal("give an access token", answer);
  if (!answer.ok) {
    throw http.error(
      "key-invalid",
      `Tailscale does not accept the OAuth client secret in ${variable}: ${answer.message}`,
      "Check that the OAuth client exists, with the scopes devices:core and auth_keys, and copy its secret again.",
    );
  }
  const { access_token: token } = http.parse(tokenSchema, answer);
  secrets.add(token);
  return token;
}
