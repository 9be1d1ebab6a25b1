/** Makes preauth keys through Headscale's API: the same requests for 0.27, where a user owns a key, and for later versions. */
import type { MeshError } from "../../errors";
import type { HttpAnswer, HttpClient, Send } from "../control-server/http";
import { MINTED_KEY_MINUTES, type MintedKey, type MintOptions } from "../control-server/api";
import { parseKnownTags } from "../control-server/policy";
import type { HeadscaleConfig } from "./config";
import { mintedSchema, policySchema, saysNoKey, usersSchema } from "./wire";

/**
 * Throws tag-refused when the policy does not know a tag. Headscale itself gives a key any tag, and a node what its key
 * carries (0.27 to 0.29), though it refuses the same tag for a node that is there (0.28 and later).
 */
export async function mintPreAuthKey(
  http: HttpClient,
  send: Send,
  config: HeadscaleConfig,
  { tags, ephemeral = false }: MintOptions,
): Promise<MintedKey> {
  const policy = await send("GET", "policy");
  refuseUnknownTags(http, policy, tags);
  const user = config.user === undefined ? undefined : await findUser(http, send, config.user);
  const expiration = expiryAfter(policy.date ?? new Date());
  const create = (owner: string | undefined) => {
    const body = { user: owner, reusable: false, ephemeral, expiration, aclTags: tags };
    return send("POST", "preauthkey", { body, repeatable: false });
  };
  let answer = await create(user);
  // 0.27 wants an owner always, later versions for a key without tags.
  if (
    !answer.ok &&
    user === undefined &&
    /user not found|must be either tagged or owned/i.test(answer.message)
  )
    answer = await create(await findUser(http, send, undefined));
  if (!answer.ok) throw notMinted(http, answer, tags);

  const { preAuthKey } = http.parse(mintedSchema, answer);
  return {
    key: preAuthKey.key,
    async revoke() {
      const expire = (body: object) => send("POST", "preauthkey/expire", { body, detached: true });
      // 0.27 looks at user and key, later versions at the id and ignore the rest, up to those that refuse it (422).
      const { id, key, user: owner } = preAuthKey;
      let revoked = await expire({ id, key, user: owner?.id });
      if (revoked.status === 422) revoked = await expire({ id });
      if (!revoked.ok && !saysNoKey(revoked))
        throw http.refusal("revoke the auth key that was made", revoked);
    },
  };
}

/** By the server's clock: this machine's may be wrong by more than the key lives. */
function expiryAfter(now: Date): string {
  return new Date(now.getTime() + MINTED_KEY_MINUTES * 60_000).toISOString();
}

/** The tags of the policy in an answer; undefined when it holds none that can be read. */
export function readKnownTags(answer: HttpAnswer): readonly string[] | undefined {
  const policy = policySchema.safeParse(answer.value);
  return answer.ok && policy.success ? parseKnownTags(policy.data.policy) : undefined;
}

/** Does nothing when there is no policy, or none that can be read: then Headscale decides. */
function refuseUnknownTags(http: HttpClient, answer: HttpAnswer, tags: readonly string[]): void {
  const known = readKnownTags(answer);
  const unknown = known === undefined ? [] : tags.filter((tag) => !known.includes(tag));
  if (unknown.length === 0) return;
  const verb = unknown.length === 1 ? "has no owner" : "have no owners";
  throw http.error(
    "tag-refused",
    `${unknown.join(", ")} ${verb} in Headscale's policy`,
    "Add the tags to tagOwners in Headscale's policy, or correct them.",
  );
}

/** The id of the user with this name or e-mail; without one, of the only user. */
async function findUser(http: HttpClient, send: Send, wanted: string | undefined): Promise<string> {
  const answer = await send("GET", "user");
  if (!answer.ok) throw http.refusal("list the users", answer);
  const { users } = http.parse(usersSchema, answer);
  const found =
    wanted === undefined ? users : users.filter(({ name, email }) => name === wanted || email === wanted);
  if (found.length === 1) return found[0]!.id;
  const names = users.map(({ name, email }) => name || email).sort();
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  const problem =
    wanted === undefined
      ? "a minted key needs a Headscale user as its owner, and user is not set"
      : `Headscale has ${found.length === 0 ? "no user" : "several users"} "${wanted}"`;
  const remedy =
    names.length === 0
      ? "Create one with `headscale users create`, then run the command again."
      : "Set user in the provider's block to one of them.";
  throw http.error("invalid-config", `${problem} (${known})`, remedy);
}

function notMinted(http: HttpClient, answer: HttpAnswer, tags: readonly string[]): MeshError {
  const { message, status, toldByApi } = answer;
  if (!toldByApi || status === 404 || tags.length === 0 || !/\btags?\b/i.test(message))
    return http.refusal("make an auth key", answer);
  const remedy = "Add the tags to tagOwners in Headscale's policy, or correct them.";
  return http.error("tag-refused", `Headscale made no key with ${tags.join(", ")}: ${message}`, remedy);
}
