/** A host that logs in with the identity that its own platform gives it: what the client is told, and what is refused before. */
import { describe, expect, it } from "@jest/globals";
import { check } from "../../../mesh/handlers";
import { createContext, get, type EnsureJoinedOptions } from "../../../providers";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const workloadIdentity = { clientId: "T1/k1", audience: "api.tailscale.com/T1/k1" };
const fromFile = { clientId: "T1/k1", idTokenFile: "/run/token" };
const config = { tailnet_domain: "demo.mesh" };

async function join(version: string, options: Partial<EnsureJoinedOptions> = {}) {
  const prefs = { ControlURL: "https://controlplane.tailscale.com" };
  const session = fakeSession(
    probeOutput({ backendState: "NeedsLogin", version }),
    probeOutput({ version, prefs, tags: ["tag:app"], run: { code: 0, output: "" } }),
  );
  const warnings: string[] = [];
  const ctx = createContext(session, { env: {}, warn: (text) => void warnings.push(text) });
  const wishes = { config, host: "web-1", tags: ["tag:app"], workloadIdentity, ...options };
  const [result] = await Promise.allSettled([get("tailscale").ensureJoined(ctx, wishes)]);
  return { result, warnings, session };
}

describe("the client is told", () => {
  it("whom to ask its platform for a token for; the node stays and needs no approval", async () => {
    const { result, warnings, session } = await join("1.94.0");
    expect(result.status).toBe("fulfilled");
    expect(warnings).toEqual([]);
    expect(session.calls[1]).toMatchObject({ label: "login", stdin: "" });
    expect(session.calls[1]!.args).toEqual([
      "up",
      "--client-id=T1/k1?ephemeral=false&preauthorized=true",
      "--audience=api.tailscale.com/T1/k1",
      "--login-server=https://controlplane.tailscale.com",
      "--hostname=web-1",
      "--advertise-tags=tag:app",
    ]);
  });

  it("where its token is, and otherwise what becomes of the node; a key of the environment is not looked at", async () => {
    const { session } = await join("1.90.1", {
      config: { ...config, auth_key_env: "KEY" },
      workloadIdentity: { ...fromFile, preauthorized: false },
      ephemeral: true,
    });
    expect(session.calls[1]!.args.slice(1, 3)).toEqual([
      "--client-id=T1/k1?ephemeral=true&preauthorized=false",
      "--id-token=file:/run/token",
    ]);
  });
});

it.each([
  ["1.93.9", workloadIdentity, "by audience: 1.94.0 can"],
  ["1.88.0", fromFile, "by idTokenFile: 1.90.0 can"],
])("a client %s is too old for it: an error before the login", async (version, identity, message) => {
  const { result, session } = await join(version, { workloadIdentity: identity });
  expect(result).toMatchObject({
    status: "rejected",
    reason: {
      kind: "invalid-config",
      message: expect.stringContaining(message),
      remedy: expect.stringContaining("install.min_version"),
    },
  });
  expect(session.calls.map(({ label }) => label)).toEqual(["probe"]);
});

describe("check", () => {
  const inputs = { name: "web-1", provider: "tailscale", config, connection: "local", workloadIdentity };
  const reasonsOf = async (change: object) =>
    (await check({ known: true }, { ...inputs, tags: ["tag:app"], ...change })).failures.map(
      ({ reason }) => reason,
    );

  it("takes it", async () => expect(await reasonsOf({})).toEqual([]));

  it.each([
    ["no tag", { tags: [] }, /^workloadIdentity: a node that joins by it needs a tag/],
    ["an auth key beside it", { authKey: "k" }, /^workloadIdentity: goes against authKey/],
    [
      "both tokens",
      { workloadIdentity: { ...workloadIdentity, ...fromFile } },
      /give either audience or idTokenFile/,
    ],
    ["no token", { workloadIdentity: { clientId: "T1/k1" } }, /give either audience or idTokenFile/],
    ["ephemeral in it", { workloadIdentity: { ...fromFile, ephemeral: true } }, /ephemeral/],
    [
      "Headscale",
      { provider: "headscale", config: { ...config, login_server: "https://headscale.demo.lab" } },
      /^workloadIdentity: the network provider headscale has none: its control server takes no tokens of others/,
    ],
  ])("refuses %s", async (_what, change, reason) => {
    expect(await reasonsOf(change)).toContainEqual(expect.stringMatching(reason));
  });
});
