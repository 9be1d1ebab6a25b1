/**
 * Workload identity: an OIDC token of this machine is exchanged for an access token, so that no secret is stored anywhere. As
 * Tailscale's own client does it (feature/identityfederation).
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { MeshError, messageOf } from "../../errors";
import type { ProviderContext } from "../contract";
import { openHttp, type HttpClient } from "../control-server/http";
import { variableOf } from "../tailnet/config";
import { sharedToken } from "./token";
import { tokenSchema } from "./wire";

export const identitySchema = z
  .strictObject({
    /** The id of the federated identity, as the admin console shows it. */
    client_id: z.string().regex(/^[\w/.-]+$/, "must be the id of a federated identity"),
    /** Names the variable that holds the OIDC token. */
    token_env: variableOf("the token").optional(),
    /** A file that holds it, as platforms mount one. */
    token_file: z.string().min(1, "must not be empty").optional(),
    /** Whom a token is asked for, where GitHub Actions makes one. Default `api.tailscale.com/<client_id>`. */
    audience: z.string().min(1, "must not be empty").optional(),
  })
  .refine(({ token_env, token_file }) => token_env === undefined || token_file === undefined, {
    path: ["token_file"],
    error: "goes against token_env; leave out one of the two",
  });

export type Identity = z.infer<typeof identitySchema>;

type Surroundings = Pick<ProviderContext, "env" | "signal"> & {
  readonly host: string;
  /** URL of the API. */
  readonly address: string;
};

/** Returns the access token, one for all hosts of a process. Throws key-missing where there is no OIDC token to exchange. */
export function identityTokenSource(
  http: HttpClient,
  secrets: Set<string>,
  identity: Identity,
  surroundings: Surroundings,
): () => Promise<string> {
  const what = [surroundings.address, JSON.stringify(identity)];
  return async () => {
    const token = await sharedToken(http, what, () => exchange(http, secrets, identity, surroundings));
    secrets.add(token);
    return token;
  };
}

async function exchange(
  http: HttpClient,
  secrets: Set<string>,
  identity: Identity,
  surroundings: Surroundings,
): Promise<string> {
  const jwt = await idToken(identity, surroundings);
  secrets.add(jwt);
  const body = new URLSearchParams({ client_id: identity.client_id, jwt });
  const path = "/api/v2/oauth/token-exchange";
  const answer = await http.send({ method: "POST", path, body, detached: true });
  if (answer.status >= 500 || [404, 429].includes(answer.status) || (!answer.ok && !answer.toldByApi))
    throw http.refusal("exchange the identity token", answer);
  if (!answer.ok)
    throw http.error(
      "key-invalid",
      `Tailscale does not accept the identity token of ${sourceOf(identity)}: ${answer.message}`,
      "Compare issuer, subject and audience of the token with those of the federated identity in the admin console, and see that it has not expired.",
    );
  const { access_token: token } = http.parse(tokenSchema, answer);
  secrets.add(token);
  return token;
}

/** Throws key-missing where there is no token, nor a way to get one. Asks nobody. */
export function findIdToken(
  identity: Identity,
  { env, host }: Pick<Surroundings, "env" | "host">,
): TokenSource {
  const { token_env: variable, token_file: file } = identity;
  if (variable === undefined && file === undefined) return findGitHub(env, host);
  const token = variable === undefined ? readToken(file!, host) : env[variable];
  if (token === undefined || token.trim() === "")
    throw missing(host, `${sourceOf(identity)} is empty or not set`);
  return { token: token.trim() };
}

/** The token itself, or where GitHub Actions gives it to whoever shows the job's own. */
type TokenSource = { readonly token: string } | { readonly url: URL; readonly bearer: string };

async function idToken(identity: Identity, surroundings: Surroundings): Promise<string> {
  const source = findIdToken(identity, surroundings);
  return "token" in source ? source.token : fromGitHub(source.url, source.bearer, identity, surroundings);
}

function readToken(file: string, host: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw missing(host, `${file} cannot be read: ${messageOf(cause)}`);
  }
}

const githubSchema = z.object({ value: z.string().min(1) });

function findGitHub(env: Surroundings["env"], host: string): TokenSource {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = "" } = env;
  if (!URL.canParse(url) || bearer === "")
    throw missing(
      host,
      "no token_env and no token_file is set, and this is no job of GitHub Actions with the permission id-token: write",
    );
  return { url: new URL(url), bearer };
}

async function fromGitHub(
  target: URL,
  bearer: string,
  { client_id: id, audience = `api.tailscale.com/${id}` }: Identity,
  { signal, host }: Surroundings,
): Promise<string> {
  target.searchParams.set("audience", audience);
  const remedy = "Run the job again; https://www.githubstatus.com tells of trouble there.";
  const http = openHttp({
    ...{ service: "GitHub's token endpoint", baseUrl: target.origin, host, signal },
    ...{ unreachableRemedy: remedy, troubleRemedy: remedy, addressRemedy: remedy },
    secrets: new Set([bearer]),
  });
  const path = `${target.pathname}${target.search}`;
  const answer = await http.send({ method: "GET", path, bearer, detached: true });
  if (!answer.ok) throw http.refusal("make an identity token", answer);
  return http.parse(githubSchema, answer).value;
}

const sourceOf = ({ token_env: variable, token_file: file }: Identity) =>
  variable ?? file ?? "GitHub Actions";

function missing(host: string, why: string): MeshError {
  return new MeshError({
    kind: "key-missing",
    host,
    message: `there is no identity token for workload_identity: ${why}`,
    remedy:
      "Name the variable or the file that holds the OIDC token (token_env, token_file); in GitHub Actions give the job the permission `id-token: write`.",
  });
}
