/** A small client of Tailscale's API (v2). The service itself is out of reach of this package's tests: see docs/configuration.md. */
import type { ControlServerApi } from "../control-server/api";
import { openHttp, type HttpAnswer, type Send } from "../control-server/http";
import { FULL_TAG_SET_RULE, isOAuthSecret } from "../control-server/oauth-secret";
import type { ProviderContext } from "../contract";
import type { TailscaleConfig } from "./config";
import { mintAuthKey } from "./mint";
import { tokenSource } from "./token";
import { devicesSchema, toApiNodes } from "./wire";

const BASE_URL = "https://api.tailscale.com";

const TROUBLE_REMEDY = "Look at the admin console, then run `pulumi up` again.";

/**
 * Undefined when api_key_env is not set or its variable is empty: then the host alone has to do.
 * Routes: the Go client tailscale.com/client/tailscale/v2 (devices.go, keys.go, oauth.go).
 */
export function openTailscaleApi(
  config: TailscaleConfig,
  { env, signal }: Pick<ProviderContext, "env" | "signal">,
  host: string,
  baseUrl: string = BASE_URL,
): ControlServerApi | undefined {
  const variable = config.api_key_env;
  const key = variable === undefined ? undefined : env[variable]?.trim();
  if (variable === undefined || key === undefined || key === "") return undefined;
  const secrets = new Set([key]);
  const http = openHttp({
    service: "Tailscale's API",
    baseUrl,
    host,
    signal,
    unreachableRemedy: "Check that this machine reaches https://api.tailscale.com, or unset api_key_env.",
    secrets,
  });
  const token = tokenSource(http, secrets, key, variable);
  const send: Send = async (method, path, options) => {
    const answer = await http.send({ method, path: `/api/v2${path}`, bearer: await token(), ...options });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw http.error(
      "key-invalid",
      `Tailscale's API does not accept the key in ${variable} for this: ${answer.message}`,
      "Create a fresh API access token, or an OAuth client with the scopes devices:core and auth_keys (write).",
    );
  };
  const trouble = (what: string, { message }: HttpAnswer) =>
    http.error("control-server", `Tailscale did not ${what}: ${message}`, TROUBLE_REMEDY);

  const device = (id: string) => `/device/${encodeURIComponent(id)}`;
  const tailnet = `/tailnet/${encodeURIComponent(config.tailnet)}`;
  return {
    async setTags(nodeId, tags) {
      const answer = await send("POST", `${device(nodeId)}/tags`, { body: { tags } });
      if (answer.ok) return;
      if (!/\btags?\b/i.test(answer.message)) throw trouble(`set the tags of the device ${nodeId}`, answer);
      throw http.error(
        "tag-refused",
        `Tailscale refused the tags ${tags.join(", ")}: ${answer.message}`,
        isOAuthSecret(key)
          ? FULL_TAG_SET_RULE
          : "Add the tags to tagOwners in the tailnet's policy, or correct them.",
      );
    },
    async rename(nodeId, name) {
      const answer = await send("POST", `${device(nodeId)}/name`, { body: { name } });
      if (answer.ok) return;
      const isRefusal = answer.status >= 400 && answer.status < 500 && ![404, 429].includes(answer.status);
      if (!isRefusal) throw trouble(`rename the device ${nodeId}`, answer);
      throw http.error(
        "name-taken",
        `Tailscale did not give the device the name ${name}: ${answer.message}`,
        `Remove or rename the other device ${name} in the admin console, then run \`pulumi up\` again.`,
      );
    },
    async hasNode(nodeId) {
      const answer = await send("GET", device(nodeId));
      if (answer.ok) return true;
      if (answer.status === 404) return false;
      throw trouble(`read the device ${nodeId}`, answer);
    },
    async deleteNode(nodeId) {
      const answer = await send("DELETE", device(nodeId));
      if (answer.ok) return true;
      if (answer.status === 404) return false;
      throw trouble(`delete the device ${nodeId}`, answer);
    },
    async approve(nodeId) {
      const answer = await send("POST", `${device(nodeId)}/authorized`, { body: { authorized: true } });
      if (!answer.ok) throw trouble(`approve the device ${nodeId}`, answer);
    },
    async findByName(name) {
      const answer = await send("GET", `${tailnet}/devices?fields=all`);
      if (!answer.ok) throw trouble("list the tailnet's devices", answer);
      const nodes = toApiNodes(http.parse(devicesSchema, answer), answer.date ?? new Date());
      return nodes.filter((node) => node.name === name);
    },
    mintKey: (options) => mintAuthKey({ http, send, key, variable, tailnet }, options),
  };
}
