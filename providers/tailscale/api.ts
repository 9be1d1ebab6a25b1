/** A small client of Tailscale's API (v2). The service itself is out of reach of this package's tests: see docs/configuration.md. */
import { isMeshError } from "../../errors";
import type { ControlServerApi } from "../control-server/api";
import { openHttp, type HttpAnswer, type Send } from "../control-server/http";
import { knownTagsOf } from "../control-server/policy";
import { confirmGone, confirmMeant, goneMeanwhile } from "../control-server/record";
import { shareReads } from "../control-server/shared-reads";
import type { ProviderContext } from "../contract";
import type { TailscaleConfig } from "./config";
import { mintAuthKey } from "./mint";
import { testPolicy } from "./policy-test";
import { findIdToken, identityTokenSource, type Identity } from "./identity";
import { FULL_TAG_SET_RULE, isOAuthSecret, keyOptions } from "./oauth-secret";
import { tokenSource } from "./token";
import { deviceSchema, devicesSchema, isOwn, routesSchema, saysNoDevice, toApiNode, toRoutes } from "./wire";

const BASE_URL = "https://api.tailscale.com";

const SERVER = "Tailscale";

/**
 * Undefined when api_key_env is not set or its variable is empty: then the host alone has to do.
 * Routes: the Go client tailscale.com/client/tailscale/v2 (devices.go, keys.go, oauth.go).
 */
export function openTailscaleApi(
  config: TailscaleConfig,
  { env, signal }: Pick<ProviderContext, "env" | "signal">,
  host: string,
  baseUrl?: string,
): ControlServerApi | undefined {
  const { tailnet, api_url: apiUrl, workload_identity: identity, api_key_env: variable } = config;
  const access = { tailnet, signal, host, baseUrl, apiUrl };
  if (identity !== undefined)
    return openWithKey({ ...access, key: "", variable: "workload_identity", identity, env });
  const key = variable === undefined ? undefined : env[variable]?.trim();
  if (variable === undefined || key === undefined || key === "") return undefined;
  return openWithKey({ ...access, key, variable });
}

export interface KeyAccess {
  /** An API access token, or an OAuth client secret; empty with an identity. */
  readonly key: string;
  readonly identity?: Identity;
  /** Where an identity's token is looked for. */
  readonly env?: ProviderContext["env"];
  /** Where it came from, for errors: a variable's name, or `authKey`. */
  readonly variable: string;
  readonly tailnet: string;
  readonly signal: AbortSignal;
  readonly host: string;
  readonly baseUrl?: string;
  /** As the configuration names it. */
  readonly apiUrl?: string;
}

/** Throws key-invalid for options behind an OAuth client secret that are unknown. */
export function openWithKey({
  key,
  identity,
  env = {},
  variable,
  tailnet: name,
  signal,
  host,
  baseUrl,
  apiUrl,
}: KeyAccess): ControlServerApi {
  const options = isOAuthSecret(key) ? keyOptions(key, host) : undefined;
  const secrets = new Set(key === "" ? [] : [key]);
  const isClient = identity !== undefined || isOAuthSecret(key);
  const url = baseUrl ?? options?.baseUrl ?? apiUrl ?? BASE_URL;
  const http = openHttp({
    service: `${SERVER}'s API`,
    baseUrl: url,
    host,
    signal,
    unreachableRemedy:
      url === BASE_URL
        ? "Check that this machine reaches https://api.tailscale.com, and https://status.tailscale.com; then run the command again."
        : `Check that this machine reaches ${url}; then run the command again.`,
    troubleRemedy: "Look for what it says in the admin console, then run the command again.",
    addressRemedy: `Check whether a proxy between this machine and ${url} answers in its place, then run the command again.`,
    secrets,
  });
  const token =
    identity === undefined
      ? tokenSource(http, secrets, key, variable, url)
      : identityTokenSource(http, secrets, identity, { env, signal, host, address: url });
  const ask: Send = async (method, path, options) => {
    const answer = await http.send({ method, path: `/api/v2${path}`, bearer: await token(), ...options });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw http.error(
      "key-invalid",
      `Tailscale's API does not accept the key in ${variable} for this: ${answer.message}`,
      "Create a fresh API access token, or an OAuth client with the scopes devices:core, auth_keys and, for routes, devices:routes (write), put it there and run the command again.",
    );
  };
  const path = (id: string) => `/device/${encodeURIComponent(id)}`;
  const tailnet = `/tailnet/${encodeURIComponent(name)}`;
  const everyDevice = `${tailnet}/devices?fields=all`;
  const shared = { of: [url, name, key, identity?.client_id ?? ""], host, http };
  const reads = shareReads(ask, { ...shared, paths: [everyDevice], nodePath: "/device/" });
  const { send, changed } = reads;
  const parseList = (answer: HttpAnswer) => {
    if (!answer.ok) throw http.refusal("list the devices", answer);
    const now = answer.date ?? new Date();
    return reads.nodesOf(answer, () =>
      http
        .parse(devicesSchema, answer)
        .devices.filter(isOwn)
        .map((device) => toApiNode(device, now)),
    );
  };
  const readNode = async (nodeId: string) => {
    const answer = await send("GET", `${path(nodeId)}?fields=all`);
    const now = answer.date ?? new Date();
    if (answer.ok)
      return confirmMeant(http, SERVER, nodeId, toApiNode(http.parse(deviceSchema, answer), now));
    if (!saysNoDevice(answer)) throw http.refusal(`read the device ${nodeId}`, answer);
    changed(); // or it was: a list from before may still hold it
    const listed = await send("GET", everyDevice);
    if (!listed.ok) throw http.refusal("list the devices", listed);
    const ids = http.parse(devicesSchema, listed).devices.map((device) => device.nodeId);
    return confirmGone(http, SERVER, nodeId, ids);
  };
  const unchanged = (what: string, answer: HttpAnswer) =>
    saysNoDevice(answer) ? goneMeanwhile(http, SERVER, what) : http.refusal(what, answer);
  return {
    ...(identity === undefined ? {} : { mustHaveAccess: () => void findIdToken(identity, { env, host }) }),
    listNodes: async () => parseList(await send("GET", everyDevice)),
    readNode,
    async findNode(nodeId) {
      if (reads.isFirstLook()) return readNode(nodeId);
      const found = parseList(await reads.look(everyDevice)).find((node) => node.nodeId === nodeId);
      return found ?? readNode(nodeId);
    },
    changed,
    async setTags({ nodeId }, tags) {
      const answer = await send("POST", `${path(nodeId)}/tags`, { body: { tags } });
      if (answer.ok) return;
      const isRefusal = answer.toldByApi && answer.status !== 404 && /\btags?\b/i.test(answer.message);
      if (!isRefusal) throw unchanged(`set the tags of the device ${nodeId}`, answer);
      throw http.error(
        "tag-refused",
        `Tailscale refused the tags ${tags.join(", ")}: ${answer.message}`,
        isClient ? FULL_TAG_SET_RULE : "Add the tags to tagOwners in the tailnet's policy, or correct them.",
      );
    },
    async rename({ nodeId }, name) {
      const answer = await send("POST", `${path(nodeId)}/name`, { body: { name } });
      if (answer.ok) return;
      const isRefusal = answer.toldByApi && answer.status < 500 && ![404, 429].includes(answer.status);
      if (!isRefusal) throw unchanged(`rename the device ${nodeId}`, answer);
      throw http.error(
        "name-taken",
        `Tailscale did not give the device the name ${name}: ${answer.message}`,
        `Remove or rename the other device ${name} in the admin console, then run the command again.`,
      );
    },
    async deleteNode({ nodeId }) {
      const answer = await send("DELETE", path(nodeId));
      if (!answer.ok && !saysNoDevice(answer)) throw http.refusal(`delete the device ${nodeId}`, answer);
    },
    async readRoutes({ nodeId }) {
      const answer = await send("GET", `${path(nodeId)}/routes`);
      if (!answer.ok) throw unchanged(`list the routes of the device ${nodeId}`, answer);
      return toRoutes(http.parse(routesSchema, answer));
    },
    async approveRoutes({ nodeId }, routes) {
      const answer = await send("POST", `${path(nodeId)}/routes`, { body: { routes } });
      if (!answer.ok) throw unchanged(`approve the routes of the device ${nodeId}`, answer);
      return toRoutes(http.parse(routesSchema, answer));
    },
    async disableKeyExpiry({ nodeId }) {
      const answer = await send("POST", `${path(nodeId)}/key`, { body: { keyExpiryDisabled: true } });
      if (!answer.ok) throw unchanged(`disable the expiry of the device ${nodeId}`, answer);
    },
    async approve({ nodeId }) {
      const answer = await send("POST", `${path(nodeId)}/authorized`, { body: { authorized: true } });
      if (!answer.ok) throw unchanged(`approve the device ${nodeId}`, answer);
    },
    mintKey: (wishes) => mintAuthKey({ http, send, isClient, variable, tailnet, options }, wishes),
    async knownTags() {
      const answer = await unlessRefused(send("GET", `${tailnet}/acl`));
      return answer?.ok === true ? knownTagsOf(answer.value) : undefined;
    },
    testPolicy: (question) => testPolicy({ http, send, variable, tailnet }, question),
    maySeeKeys: async () => (await unlessRefused(send("GET", `${tailnet}/keys`)))?.ok === true,
  };
}

/** Undefined for what these credentials may not do: not every token has every scope. */
function unlessRefused(answer: Promise<HttpAnswer>): Promise<HttpAnswer | undefined> {
  return answer.catch((error: unknown) => {
    if (isMeshError(error, "key-invalid")) return undefined;
    throw error;
  });
}
