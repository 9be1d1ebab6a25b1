/** Who gives way to a node that needs the name: a predecessor, one that was logged out; and when nobody does. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions } from "../../../providers";
import { ApiServer } from "../../support/api-server";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const FORMER = { id: "3", givenName: "web-1", online: true };
const NEW = { id: "7", givenName: "web-1-1", online: true };
const DELETE = "DELETE /api/v1/node/3";
const RENAME = "POST /api/v1/node/7/rename/web-1";

let server: ApiServer;
beforeEach(async () => {
  const listed = { body: { nodes: [FORMER, NEW] } };
  server = await ApiServer.start({
    "GET /api/v1/node": listed,
    "GET /api/v1/node/7": {},
    [DELETE]: {},
    [RENAME]: {},
  });
});
afterEach(() => server[Symbol.asyncDispose]());

/** Joins a host that is node 7 afterwards; `joined`: it is that before, too. */
async function join(joined: boolean, options: Partial<EnsureJoinedOptions>) {
  const prefs = { ControlURL: server.url };
  const before = probeOutput(
    joined ? { dnsName: "web-1-1.demo.mesh.", prefs } : { backendState: "NeedsLogin" },
  );
  const suffixed = probeOutput({ dnsName: "web-1-1.demo.mesh.", prefs, run: { code: 0, output: "" } });
  const right = probeOutput({ prefs });
  const session = fakeSession(...(joined ? [before, right] : [before, suffixed, right]));
  const warnings: string[] = [];
  const ctx = createContext(session, {
    env: { KEY: "hskey-auth-canary", API: "hskey-api-canary" },
    warn: (text) => void warnings.push(text),
  });
  const config = {
    login_server: server.url,
    tailnet_domain: "demo.mesh",
    auth_key_env: "KEY",
    api_key_env: "API",
  };
  const node = await get("headscale").ensureJoined(ctx, { config, host: "web-1", tags: [], ...options });
  return { node, warnings };
}

describe("the node of an earlier run", () => {
  const formerNode = { nodeId: "3" };

  it("gives way once the new machine has joined, and is named in a warning", async () => {
    const { node, warnings } = await join(false, { formerNode });
    expect(node).toMatchObject({ nodeId: "7", fqdn: "web-1.demo.mesh" });
    expect(server.calls.slice(-2)).toEqual([DELETE, RENAME]);
    expect(warnings).toEqual([expect.stringMatching(/another machine than before; its former node 3 was/)]);
  });

  it.each<[string, boolean, Partial<EnsureJoinedOptions>]>([
    ["the host is a node already: two declarations may have changed places", true, { formerNode }],
    ["it is not the one that holds the name", false, { formerNode: { nodeId: "4" } }],
    [
      "it was of another control server",
      false,
      { formerNode: { ...formerNode, loginServer: "https://x.example" } },
    ],
    ["there was none", false, {}],
  ])("stays when %s", async (_why, joined, options) => {
    await join(joined, options);
    expect(server.calls.filter((call) => call.startsWith("DELETE"))).toEqual([]);
    expect(server.calls).toContain(RENAME);
  });
});

describe("a node that holds the name", () => {
  const holder = (parts: object) => {
    const nodes = [{ ...FORMER, online: false, tags: ["tag:app"], ...parts }, NEW];
    server.routes["GET /api/v1/node"] = { body: { nodes } };
  };
  const loggedOut = { expiry: "2020-01-01T00:00:00Z" };

  it("goes before the login when it was logged out: Headscale would never let the host in again", async () => {
    holder(loggedOut);
    await join(false, {});
    expect(server.calls.indexOf(DELETE)).toBe(1); // after the list, and before all else
  });

  it("goes, too, while the control server has not noticed yet that it is offline", async () => {
    holder({ ...loggedOut, online: true });
    await join(false, {});
    expect(server.calls).toContain(DELETE);
  });

  it.each([
    ["it is online", { online: true }],
    ["it is only offline", {}],
    ["it is a user's, who can log in again", { ...loggedOut, tags: [] }],
  ])("stays when %s", async (_why, parts) => {
    holder(parts);
    await join(false, {});
    expect(server.calls).not.toContain(DELETE);
  });

  it("is not looked for where the API refuses to tell, unless the policy depends on it", async () => {
    server.routes["GET /api/v1/node"] = { status: 401 };
    const right = probeOutput({ prefs: { ControlURL: server.url } });
    const attempt = (onNameConflict: "fail" | "replace-offline") => {
      const session = fakeSession(probeOutput({ backendState: "NeedsLogin" }), right);
      const ctx = createContext(session, { env: { KEY: "hskey-auth-canary", API: "hskey-api-canary" } });
      const keys = { auth_key_env: "KEY", api_key_env: "API" };
      const config = { login_server: server.url, tailnet_domain: "demo.mesh", ...keys };
      return get("headscale").ensureJoined(ctx, { config, host: "web-1", tags: [], onNameConflict });
    };
    await expect(attempt("fail")).resolves.toMatchObject({ fqdn: "web-1.demo.mesh" });
    await expect(attempt("replace-offline")).rejects.toMatchObject({ kind: "key-invalid" });
  });
});
