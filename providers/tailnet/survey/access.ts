/** Looks at what this side needs: a key for logins, credentials for the API, tags that the policy knows. Reaches no host. */
import { isMeshError, type MeshError } from "../../../errors";
import { createContext } from "../../context";
import type { AccessContext, AccessOptions, Finding } from "../../survey";
import type { Session } from "../../../transport";
import type { ControlServerApi } from "../../control-server/api";
import type { TailnetConfig } from "../config";
import type { Flavor } from "../flavor";
import { findAuthKey } from "../join/auth-key";
import { openTarget, type Target } from "../target";

/** Whom errors would name: there is no host. */
const HERE = "here";

export async function checkAccess<C extends TailnetConfig>(
  { env, signal }: AccessContext,
  flavor: Flavor<C>,
  { config, tags, needsKey }: AccessOptions,
): Promise<readonly Finding[]> {
  const target = openTarget(createContext(NO_HOST, { env, signal }), flavor, config, HERE);
  return [findKey(target, tags, needsKey), ...(await lookAtApi(target, tags))];
}

/** Settles where a key would come from, and asks nobody. */
function findKey(target: Target, tags: readonly string[], needsKey: boolean): Finding {
  const check = "auth key";
  try {
    const { kind } = findAuthKey(target, { tags });
    const text = kind === "api" ? "made for each login" : `in ${target.config.auth_key_env ?? ""}`;
    return { check, level: "ok", text };
  } catch (error) {
    if (!isMeshError(error)) throw error;
    if (!needsKey && error.kind === "key-missing")
      return { check, level: "ok", text: "none, and none is needed: all hosts have joined" };
    return faultOf(check, error);
  }
}

async function lookAtApi(target: Target, tags: readonly string[]): Promise<Finding[]> {
  const { api, config, hasApi } = target;
  if (!hasApi) return [];
  const variable = config.api_key_env;
  if (api === undefined) {
    const text =
      variable === undefined
        ? "api_key_env is not set: the host alone has to do"
        : `${variable} is empty or not set`;
    return [
      variable === undefined
        ? { check: "API", level: "ok", text }
        : {
            check: "API",
            level: "warn",
            text,
            remedy: `Export a key of the control server's API as ${variable}.`,
          },
    ];
  }
  const missing = credentialsMissing(api);
  if (missing !== undefined) return [{ ...faultOf("API", missing), level: "warn" }];
  try {
    const nodes = await api.listNodes();
    return [
      {
        check: "API",
        level: "ok",
        text: `${variable ?? "the identity token"} is accepted; it lists ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}`,
      },
      ...(await findScopes(api)),
      await findTags(api, tags),
    ];
  } catch (error) {
    if (!isMeshError(error)) throw error;
    return [faultOf("API", error)];
  }
}

/** As for an API key whose variable is empty: whoever has it elsewhere may still look from here. */
function credentialsMissing(api: ControlServerApi): MeshError | undefined {
  try {
    api.mustHaveAccess?.();
    return undefined;
  } catch (error) {
    if (isMeshError(error)) return error;
    throw error;
  }
}

/** Nothing is written to find out: whoever may list keys may mostly make them, too. */
async function findScopes(api: ControlServerApi): Promise<Finding[]> {
  const check = "scopes";
  if (api.maySeeKeys === undefined) return [{ check, level: "ok", text: "an API key may do everything" }];
  if (await api.maySeeKeys()) return [{ check, level: "ok", text: "devices and auth keys can be read" }];
  return [
    {
      check,
      level: "warn",
      text: "devices can be read, auth keys cannot: hosts that log in will need one of yours",
      remedy: "Give the OAuth client the scope auth_keys (write), or set auth_key_env.",
    },
  ];
}

async function findTags(api: ControlServerApi, tags: readonly string[]): Promise<Finding> {
  const check = "tags";
  const known = await api.knownTags();
  if (known === undefined)
    return { check, level: "unknown", text: "there is no policy that these credentials may read" };
  const unknown = tags.filter((tag) => !known.includes(tag));
  if (unknown.length === 0) return { check, level: "ok", text: tags.join(", ") || "none are wanted" };
  return {
    check,
    level: "fault",
    text: `${unknown.join(", ")} ${unknown.length === 1 ? "has no owner" : "have no owners"} in the policy`,
    remedy: "Add the tags to tagOwners in the control server's policy, or correct them.",
  };
}

const faultOf = (check: string, { detail, remedy }: MeshError): Finding => ({
  check,
  level: "fault",
  text: detail,
  remedy,
});

const refuse = () => Promise.reject(new Error("no host is reached from here"));

const NO_HOST: Session = {
  host: HERE,
  hostKey: undefined,
  jumpHostKey: undefined,
  exec: refuse,
  reconnect: refuse,
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
