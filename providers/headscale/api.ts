/** A small client of Headscale's REST API (v1; versions 0.27 to 0.29). */
import type { ControlServerApi } from "../control-server/api";
import { openHttp, type HttpAnswer, type Send } from "../control-server/http";
import { confirmGone, confirmMeant, goneMeanwhile } from "../control-server/record";
import { shareReads } from "../control-server/shared-reads";
import type { ProviderContext } from "../contract";
import type { HeadscaleConfig } from "./config";
import { extendedExpiry, mustBeFit } from "./expiry";
import { mustBeApiKey } from "./given-key";
import { mintPreAuthKey, readKnownTags } from "./mint";
import { testPolicy } from "./policy-test";
import { nodeSchema, nodesSchema, saysNoNode, toApiNode, toRoutes } from "./wire";

const SERVER = "Headscale";

/** Undefined when api_key_env is not set or its variable is empty: then the host alone has to do. */
export function openHeadscaleApi(
  config: HeadscaleConfig,
  { env, signal }: Pick<ProviderContext, "env" | "signal">,
  host: string,
): ControlServerApi | undefined {
  const key = config.api_key_env === undefined ? undefined : env[config.api_key_env]?.trim();
  if (key === undefined || key === "") return undefined;
  mustBeApiKey(key, config.api_key_env!, host);
  const http = openHttp({
    service: `${SERVER}'s API`,
    baseUrl: new URL(config.login_server).origin,
    host,
    signal,
    unreachableRemedy:
      "See whether Headscale runs, a reverse proxy in front of it reaches it, and this machine reaches login_server (a private CA goes into NODE_EXTRA_CA_CERTS); then run the command again.",
    troubleRemedy: "See in Headscale's log why, then run the command again.",
    addressRemedy:
      "Check that login_server is the control server's own address, without a login page in front, that a reverse proxy there passes on /api/v1, and that Headscale's version is supported; then run the command again.",
    secrets: new Set([key]),
  });
  const ask: Send = async (method, path, options) => {
    const answer = await http.send({ method, path: `/api/v1/${path}`, bearer: key, ...options });
    // It says yes in JSON, always: an empty 200 is another's.
    if (answer.ok && answer.value === undefined) return { ...answer, ok: false };
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw http.error(
      "key-invalid",
      `Headscale's API does not accept the API key in ${config.api_key_env}: ${answer.message}`,
      "Create a fresh one with `headscale apikeys create`, put it into that variable and run the command again.",
    );
  };

  const shared = { of: [config.login_server, key], host, http };
  const reads = shareReads(ask, { ...shared, paths: ["node", "policy", "user"], nodePath: "node/" });
  const { send, changed } = reads;

  const path = (id: string) => `node/${encodeURIComponent(id)}`;
  const parseList = (answer: HttpAnswer) => {
    if (!answer.ok) throw http.refusal("list the nodes", answer);
    const now = answer.date ?? new Date();
    return reads.nodesOf(answer, () =>
      http.parse(nodesSchema, answer).nodes.map((listed) => toApiNode(listed, now)),
    );
  };
  const list = async () => parseList(await send("GET", "node"));
  const readNode = async (nodeId: string) => {
    const answer = await send("GET", path(nodeId));
    const now = answer.date ?? new Date();
    if (answer.ok)
      return confirmMeant(http, SERVER, nodeId, toApiNode(http.parse(nodeSchema, answer).node, now));
    if (!saysNoNode(answer)) throw http.refusal(`read the node ${nodeId}`, answer);
    changed(); // or it was: a list from before may still hold it
    return confirmGone(
      http,
      SERVER,
      nodeId,
      (await list()).map((node) => node.nodeId),
    );
  };
  const unchanged = (what: string, answer: HttpAnswer) =>
    saysNoNode(answer) ? goneMeanwhile(http, SERVER, what) : http.refusal(what, answer);
  return {
    listNodes: list,
    readNode,
    async findNode(nodeId) {
      if (reads.isFirstLook()) return readNode(nodeId);
      const found = parseList(await reads.look("node")).find((node) => node.nodeId === nodeId);
      return found ?? readNode(nodeId);
    },
    changed,
    async setTags({ nodeId }, tags) {
      const answer = await send("POST", `${path(nodeId)}/tags`, { body: { tags } });
      if (answer.ok) return;
      const isRefusal = answer.toldByApi && answer.status !== 404 && /\btags?\b/i.test(answer.message);
      if (!isRefusal) throw unchanged(`set the tags of the node ${nodeId}`, answer);
      throw http.error(
        "tag-refused",
        `Headscale refused the tags ${tags.join(", ")}: ${answer.message}`,
        "Add the tags to tagOwners in Headscale's policy, or correct them.",
      );
    },
    async rename({ nodeId }, name) {
      const answer = await send("POST", `${path(nodeId)}/rename/${encodeURIComponent(name)}`);
      if (answer.ok) return;
      const isTaken = answer.toldByApi && /\bunique\b/i.test(answer.message);
      if (!isTaken) throw unchanged(`rename the node ${nodeId}`, answer);
      throw http.error(
        "name-taken",
        `Headscale did not give the node the name ${name}: ${answer.message}`,
        `Remove or rename the other node ${name} at the control server, then run the command again.`,
      );
    },
    async deleteNode({ nodeId, online, routes }) {
      // Up to 0.28 what is deleted while it is connected stays the router of its routes, and no other serves them (headscale#3327).
      if (online && routes !== undefined && routes.approved.length > 0)
        await send("POST", `${path(nodeId)}/approve_routes`, { body: { routes: [] } });
      const answer = await send("DELETE", path(nodeId));
      if (!answer.ok && !saysNoNode(answer)) throw http.refusal(`delete the node ${nodeId}`, answer);
    },
    async readRoutes({ nodeId }) {
      const answer = await send("GET", path(nodeId));
      if (!answer.ok) throw unchanged(`list the routes of the node ${nodeId}`, answer);
      return toRoutes(http.parse(nodeSchema, answer).node);
    },
    async approveRoutes({ nodeId }, routes) {
      const answer = await send("POST", `${path(nodeId)}/approve_routes`, { body: { routes } });
      if (!answer.ok) throw unchanged(`approve the routes of the node ${nodeId}`, answer);
      return toRoutes(http.parse(nodeSchema, answer).node);
    },
    async disableKeyExpiry({ nodeId }) {
      await mustBeFit(http, "keyExpiry");
      const answer = await send("POST", `${path(nodeId)}/expire?disableExpiry=true`);
      if (!answer.ok) throw unchanged(`disable the expiry of the node ${nodeId}`, answer);
    },
    async extendKey({ nodeId }) {
      await mustBeFit(http, "renewKey");
      const asked = extendedExpiry();
      const answer = await send("POST", `${path(nodeId)}/expire?expiry=${encodeURIComponent(asked)}`);
      if (!answer.ok) throw unchanged(`extend the key of the node ${nodeId}`, answer);
      return http.parse(nodeSchema, answer).node.expiry ?? asked;
    },
    // A node of Headscale is authorized from its registration on, until its key expires (`MachineAuthorized`).
    approve: () => Promise.resolve(),
    mintKey: (options) => mintPreAuthKey(http, send, config, options),
    knownTags: async () => readKnownTags(await send("GET", "policy")),
    testPolicy: (question) => testPolicy(http, send, question),
  };
}
