/** A small client of Headscale's REST API (v1; versions 0.27 to 0.29). */
import type { ControlServerApi } from "../control-server/api";
import { openHttp, type HttpAnswer, type Send } from "../control-server/http";
import type { ProviderContext } from "../contract";
import type { HeadscaleConfig } from "./config";
import { mintPreAuthKey, TROUBLE_REMEDY } from "./mint";
import { nodesSchema, toApiNode } from "./wire";

/** Undefined when api_key_env is not set or its variable is empty: then the host alone has to do. */
export function openHeadscaleApi(
  config: HeadscaleConfig,
  { env, signal }: Pick<ProviderContext, "env" | "signal">,
  host: string,
): ControlServerApi | undefined {
  const key = config.api_key_env === undefined ? undefined : env[config.api_key_env]?.trim();
  if (key === undefined || key === "") return undefined;
  const http = openHttp({
    service: "Headscale's API",
    baseUrl: new URL(config.login_server).origin,
    host,
    signal,
    unreachableRemedy:
      "Check login_server from this machine (a private CA goes into NODE_EXTRA_CA_CERTS), or unset api_key_env.",
    secrets: new Set([key]),
  });
  const send: Send = async (method, path, options) => {
    const answer = await http.send({ method, path: `/api/v1/${path}`, bearer: key, ...options });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw http.error(
      "key-invalid",
      `Headscale's API does not accept the API key in ${config.api_key_env}`,
      "Create a fresh one with `headscale apikeys create`.",
    );
  };

  const trouble = (what: string, { message }: HttpAnswer) =>
    http.error("control-server", `Headscale did not ${what}: ${message}`, TROUBLE_REMEDY);

  const node = (id: string) => `node/${encodeURIComponent(id)}`;
  return {
    async setTags(nodeId, tags) {
      const answer = await send("POST", `${node(nodeId)}/tags`, { body: { tags } });
      if (answer.ok) return;
      if (!/tag/i.test(answer.message)) throw trouble(`set the tags of the node ${nodeId}`, answer);
      throw http.error(
        "tag-refused",
        `Headscale refused the tags ${tags.join(", ")}: ${answer.message}`,
        "Add the tags to tagOwners in Headscale's policy, or correct them.",
      );
    },
    async rename(nodeId, name) {
      const answer = await send("POST", `${node(nodeId)}/rename/${encodeURIComponent(name)}`);
      if (answer.ok) return;
      if (!/unique/i.test(answer.message)) throw trouble(`rename the node ${nodeId}`, answer);
      throw http.error(
        "name-taken",
        `Headscale did not give the node the name ${name}: ${answer.message}`,
        `Remove or rename the other node ${name} at the control server, then run \`pulumi up\` again.`,
      );
    },
    async hasNode(nodeId) {
      const answer = await send("GET", node(nodeId));
      if (answer.ok) return true;
      if (answer.status === 404 || /not found/i.test(answer.message)) return false;
      throw trouble(`read the node ${nodeId}`, answer);
    },
    async deleteNode(nodeId) {
      const answer = await send("DELETE", node(nodeId));
      if (answer.ok) return true;
      if (answer.status === 404 || /not found/i.test(answer.message)) return false;
      throw trouble(`delete the node ${nodeId}`, answer);
    },
    // A node of Headscale is authorized from its registration on, until its key expires (`MachineAuthorized`).
    approve: () => Promise.resolve(),
    async findByName(name) {
      const answer = await send("GET", "node");
      if (!answer.ok) throw trouble("list its nodes", answer);
      return http
        .parse(nodesSchema, answer)
        .nodes.map((listed) => toApiNode(listed, answer.date ?? new Date()))
        .filter((found) => found.name === name);
    },
    mintKey: (options) => mintPreAuthKey(http, send, config, options),
  };
}
