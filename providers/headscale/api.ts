/** A small client of Headscale's REST API (v1; versions 0.27 to 0.29). */
import { z } from "zod";
import { MeshError, messageOf, redact, type ErrorKind } from "../../errors";
import type { ControlServerApi } from "../client/flavor";
import type { ProviderContext } from "../contract";
import type { HeadscaleConfig } from "./config";

const listSchema = z.object({
  nodes: z.array(z.object({ id: z.string(), givenName: z.string(), online: z.boolean().default(false) })),
});

const REQUEST_TIMEOUT_MS = 15_000;

/** Undefined when api_key_env is not set or its variable is empty: then the host alone has to do. */
export function openHeadscaleApi(
  config: HeadscaleConfig,
  { env, signal }: Pick<ProviderContext, "env" | "signal">,
  host: string,
): ControlServerApi | undefined {
  const key = config.api_key_env === undefined ? undefined : env[config.api_key_env]?.trim();
  if (key === undefined || key === "") return undefined;
  const fail = (kind: ErrorKind, message: string, remedy: string, cause?: unknown) =>
    new MeshError({ kind, host, message: redact(message, [key]), remedy, cause });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; message: string; text: string }> => {
    const url = new URL(`/api/v1/${path}`, config.login_server);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw fail(
        "control-server",
        `Headscale's API at ${url.origin} could not be reached: ${messageOf(cause)}`,
        "Check login_server from this machine (a private CA goes into NODE_EXTRA_CA_CERTS), or unset api_key_env.",
      );
    }
    const text = await response.text();
    const message = apiMessage(text);
    if (response.status === 401 || response.status === 403) {
      throw fail(
        "key-invalid",
        `Headscale's API does not accept the API key in ${config.api_key_env}`,
        "Create a fresh one with `headscale apikeys create`.",
      );
    }
    return { status: response.status, message, text };
  };

  const node = (id: string) => `node/${encodeURIComponent(id)}`;
  return {
    async setTags(nodeId, tags) {
      const { status, message } = await call("POST", `${node(nodeId)}/tags`, { tags });
      if (status === 200) return;
      const remedy = "Add the tags to tagOwners in Headscale's policy, or correct them.";
      throw fail("tag-refused", `Headscale refused the tags ${tags.join(", ")}: ${message}`, remedy);
    },
    async rename(nodeId, name) {
      const { status, message } = await call("POST", `${node(nodeId)}/rename/${encodeURIComponent(name)}`);
      if (status === 200) return;
      const remedy = `Remove or rename the other node ${name} at the control server, then run \`pulumi up\` again.`;
      throw fail("name-taken", `Headscale did not give the node the name ${name}: ${message}`, remedy);
    },
    async findByName(name) {
      const { status, message, text } = await call("GET", "node");
      const remedy = "Run `pulumi up` again; set onNameConflict to fail if it stays so.";
      if (status !== 200)
        throw fail("control-server", `Headscale did not list its nodes: ${message}`, remedy);
      const { nodes } = listSchema.parse(JSON.parse(text));
      return nodes
        .filter(({ givenName }) => givenName === name)
        .map(({ id, givenName, online }) => ({ nodeId: id, name: givenName, online }));
    },
    async deleteNode(nodeId) {
      const { status, message } = await call("DELETE", node(nodeId));
      if (status === 200) return true;
      if (status === 404 || /not found/i.test(message)) return false;
      const remedy = "Delete it with `headscale nodes delete`, then run the command again.";
      throw fail("control-server", `Headscale did not delete the node ${nodeId}: ${message}`, remedy);
    },
  };
}

/** Pure: the message of an API error; the text itself when it is no such JSON. */
function apiMessage(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (
      typeof value === "object" &&
      value !== null &&
      "message" in value &&
      typeof value.message === "string"
    )
      return value.message;
  } catch {
    // Not JSON: a proxy's error page, say.
  }
  return text.slice(0, 200).trim();
}
