/** Gets the auth key for a login, given or minted: only then, so that a joined host never needs one. */
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions, ProviderContext } from "../../contract";
import type { KeyMaker } from "../../control-server/api";
import type { TailnetConfig } from "../config";
import { identityArguments, identityMistakes, mustKnowIdentities } from "../settings/machine-identity";
import type { Target } from "../target";

export interface AuthKey {
  /** What of it `tailscale up` is told as arguments, none of which is a secret. */
  readonly args: readonly string[];
  /** As the client gets it, on its standard input; empty for one that has its own way to it. */
  readonly value: string;
  /** What no text may show: the value, and what is in it. */
  readonly secrets: readonly string[];
  readonly kind: "given" | "minted" | "identity";
  /** Makes a minted key useless, after a login that failed. */
  revoke(): Promise<void>;
}

/** Where a key comes from: settled without asking anyone. */
export type AuthKeySource = AuthKey | { readonly kind: "api"; readonly api: KeyMaker };

/** What of a target says where its key comes from. */
type KeyAccess = Pick<Target, "host" | "config" | "rules" | "hasApi" | "api" | "openGivenKey"> & {
  readonly ctx: Pick<ProviderContext, "env">;
};

type KeyWishes = Pick<EnsureJoinedOptions, "tags" | "authKey" | "ephemeral" | "workloadIdentity">;

/** Where the client reads a key that it is given. */
const ON_STDIN = ["--auth-key=file:/dev/stdin"];

/**
 * Finds out where the key comes from: the host's own identity, where it has one; a given key wins over minting. A given credential that is worth more than one
 * login makes a key here, and never goes to the host. Throws key-missing when there is none and none can be minted,
 * key-invalid when the value cannot be a key, and what `openGivenKey` throws: all before anything remote, and without the
 * value.
 */
export function findAuthKey(
  target: KeyAccess,
  { tags, authKey, ephemeral, workloadIdentity }: KeyWishes,
): AuthKeySource {
  const { host, config } = target;
  if (workloadIdentity !== undefined) {
    const [mistake] = identityMistakes(target.rules, tags);
    if (mistake !== undefined) throw notItself(host, mistake);
    const args = identityArguments({ ...workloadIdentity, ephemeral });
    return { kind: "identity", args, value: "", secrets: [], revoke: nothing };
  }
  const variable = authKey === undefined ? config.auth_key_env : undefined;
  const given = (authKey ?? read(target, variable))?.trim();
  if (given === undefined || given === "") {
    const { api } = target;
    if (api === undefined) throw keyMissing(target);
    api.mustHaveAccess?.();
    return { kind: "api", api };
  }
  if (/\s/.test(given)) {
    throw keyInvalid(host, "the auth key has white space inside", "Copy the key again, as one line.");
  }
  const api = target.openGivenKey({ value: given, variable, tags });
  if (api !== undefined) return { kind: "api", api };
  return { kind: "given", args: ON_STDIN, value: given, secrets: [given], revoke: nothing };
}

/** As `findAuthKey`, and mints the key when it has to. Throws what `mintKey` throws. */
export async function obtainAuthKey(target: Target, wishes: KeyWishes): Promise<AuthKey> {
  const source = findAuthKey(target, wishes);
  if (source.kind !== "api") {
    if (wishes.workloadIdentity !== undefined)
      mustKnowIdentities(target.host, (await target.facts()).client?.version, wishes.workloadIdentity);
    else if (wishes.ephemeral !== undefined)
      target.ctx.warn(
        `${target.host}: whether the node is ephemeral is a matter of the auth key that was given; to have it as declared, set api_key_env and give none`,
      );
    return source;
  }
  target.ctx.progress("making an auth key");
  const minted = await source.api.mintKey({
    host: target.host,
    tags: wishes.tags,
    ephemeral: wishes.ephemeral,
  });
  return {
    kind: "minted",
    args: ON_STDIN,
    value: minted.key,
    secrets: [minted.key],
    // The login's own error matters more, and the key is good for minutes only.
    revoke: () => minted.revoke().catch(() => undefined),
  };
}

const nothing = () => Promise.resolve();

function read({ ctx }: KeyAccess, variable: string | undefined): string | undefined {
  return variable === undefined ? undefined : ctx.env[variable];
}

function keyMissing({ host, config, hasApi }: KeyAccess): MeshError {
  const { auth_key_env: variable, api_key_env: apiVariable }: TailnetConfig = config;
  const where = (key: string, name: string | undefined) =>
    name === undefined ? `${key} is not set` : `the environment variable ${name} is empty or not set`;
  const minting = hasApi ? `, and none can be made: ${where("api_key_env", apiVariable)}` : "";
  const give = `Create an auth key at the control server and run \`export ${variable ?? "NAME"}=...\` before \`pulumi up\`${variable === undefined ? ", with auth_key_env: NAME in the provider's block" : ""}`;
  const mint =
    apiVariable === undefined
      ? "set api_key_env, so that a key is made for each login through the control server's API"
      : `export a key of the control server's API as ${apiVariable}, so that an auth key is made for each login`;
  return new MeshError({
    kind: "key-missing",
    host,
    message: `the host has to log in and there is no auth key: ${where("auth_key_env", variable)}${minting}`,
    remedy: hasApi ? `${give}; or ${mint}.` : `${give}.`,
  });
}

function notItself(host: string, mistake: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: `workloadIdentity: ${mistake}`,
    remedy: "Correct the host's settings.",
  });
}

function keyInvalid(host: string, message: string, remedy: string): MeshError {
  return new MeshError({ kind: "key-invalid", host, message, remedy });
}
