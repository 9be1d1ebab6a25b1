/** An issuer of OIDC tokens of the tests' own, and a token server that checks their signatures by the issuer's published keys. */
import { createPublicKey, createSign, createVerify, generateKeyPairSync } from "node:crypto";
import type { Answer } from "./api-server";

export const CLIENT = "kID-federated";
export const AUDIENCE = `api.tailscale.com/${CLIENT}`;
export const EXCHANGE = "POST /api/v2/oauth/token-exchange";
export const KEYS = "POST /api/v2/tailnet/-/keys";

const issuer = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** Somebody else, who signs tokens, too. */
export const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwks = { keys: [{ ...issuer.publicKey.export({ format: "jwk" }), kid: "k1" }] };

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function sign(claims: object, { privateKey } = issuer): string {
  const text = `${encode({ alg: "RS256", kid: "k1" })}.${encode({ aud: AUDIENCE, exp: Date.now() / 1000 + 60, ...claims })}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

/** As a token server does: by the issuer's published keys, then audience and end. */
function verify(jwt: string): string | undefined {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const key = createPublicKey({ key: jwks.keys[0]!, format: "jwk" });
  if (!createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(key, signature, "base64url"))
    return "the signature is not the issuer's";
  const { aud, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    aud: string;
    exp: number;
  };
  if (aud !== AUDIENCE) return "wrong audience";
  return exp * 1000 < Date.now() ? "the token has expired" : undefined;
}

/** The token server's answer to a request's body. */
export function exchange(body: unknown): Answer {
  const form = new URLSearchParams(body as string);
  const refusal = form.get("client_id") === CLIENT ? verify(form.get("jwt") ?? "") : "no such client";
  return refusal === undefined
    ? { body: { access_token: "tskey-api-canary", token_type: "Bearer", expires_in: 3600 } }
    : { status: 401, body: { message: refusal } };
}
