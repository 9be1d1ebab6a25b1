/** A node's key that expires soon: how it is renewed, by which control server, and what a failure leaves. */
import { describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions, type NodeState } from "../../../providers";
import { FakeHeadscale, type FakeNode } from "../../support/fake-headscale";
import { inspect, join, labels, MACHINE, markOf, OURS } from "./declared";
import { fakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const SOON = inDays(9);
const OWN: FakeNode = { id: "7", givenName: "web-1", nodeKey: "nodekey:77", expiry: SOON };
const renewKey = "14d";

describe("with Headscale, whose API extends a key", () => {
  const probe = (api?: FakeHeadscale, parts: ProbeParts = {}) =>
    probeOutput({
      machine: MACHINE,
      mark: markOf(OURS),
      keyExpiry: SOON,
      ...parts,
      prefs: api === undefined ? {} : { ControlURL: api.url },
    });

  it("it is good for 180 days more, and the host is left alone", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const { result, error, warnings, session } = await join([probe(api)], { renewKey }, api);
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(labels(session)).toEqual(["probe"]);
    expect(api.acts).toEqual([expect.stringMatching(/^POST \/api\/v1\/node\/7\/expire\?expiry=/)]);
    const { keyExpiry = "" } = result as NodeState;
    expect(Math.round((Date.parse(keyExpiry) - Date.now()) / 86_400_000)).toBe(180);
  });

  it("nobody is asked while there is time", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const { session } = await join([probe(api, { keyExpiry: inDays(15) })], { renewKey }, api);
    expect(api.server.calls.filter((call) => !call.startsWith("GET /api/v1/node"))).toEqual([]);
    expect(labels(session)).toEqual(["probe"]);
  });

  it("a refresh shows it as drift, once it is near", async () => {
    const drift = [
      expect.stringMatching(/^the node's key expires on .*, within the time of renewKey \(14d\)$/),
    ];
    expect((await inspect([probe()], undefined, { renewKey })).result).toMatchObject({ drift });
    const later = await inspect([probe(undefined, { keyExpiry: inDays(15) })], undefined, { renewKey });
    expect(later.result).toMatchObject({ drift: [] });
  });

  it("it is an error without an API, before anything is done: a login there renews nothing", async () => {
    const { error, session } = await join([probe()], { renewKey });
    expect(error).toMatchObject({ kind: "invalid-config", remedy: expect.stringContaining("api_key_env") });
    expect(labels(session)).toEqual([]);
  });

  it.each(["0.26.1", "dev"])(
    "of version %s nothing is asked: it would expire the key at once",
    async (told) => {
      await using api = await FakeHeadscale.start(OWN);
      api.server.routes["GET /version"] = { body: { version: told } };
      const { error } = await join([probe(api)], { renewKey }, api);
      expect(error).toMatchObject({ kind: "invalid-config", message: expect.stringContaining("0.27 does") });
      expect(api.acts).toEqual([]);
    },
  );

  it("the key of another node than this host is left alone", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-1" });
    const { warnings } = await join([probe(api)], { renewKey }, api);
    expect(warnings).toEqual([expect.stringMatching(/could not be renewed.*nothing was changed there/)]);
    expect(api.acts).toEqual([]);
  });
});

describe("with a control server that renews a key by a login", () => {
  const provider = get("tailscale");
  const probe = (parts: ProbeParts = {}) =>
    probeOutput({
      machine: MACHINE,
      mark: markOf(OURS),
      keyExpiry: SOON,
      nodeKey: "nodekey:11",
      ...parts,
      prefs: { ControlURL: "https://controlplane.tailscale.com", ...parts.prefs },
    });

  async function renew(outputs: readonly string[], options: Partial<EnsureJoinedOptions> = {}) {
    const session = fakeSession(...outputs);
    const warnings: string[] = [];
    const ctx = createContext(session, { env: {}, warn: (text) => void warnings.push(text) });
    const wishes = { host: "web-1", tags: [], declaration: OURS, renewKey, authKey: "tskey-auth-canary" };
    const config = { tailnet_domain: "demo.mesh" };
    const state = provider.ensureJoined(ctx, { ...wishes, config, ...options });
    const [result] = await Promise.allSettled([state]);
    return { result, warnings, session };
  }

  it("the client logs in again as what it is, with its settings, the exit node among them, and the key on its input", async () => {
    const prefs = { RouteAll: true, ExitNodeID: "n2" };
    const exitNode = { name: "gate.demo.mesh.", addresses: ["100.64.0.9/32"] };
    const fresh = { nodeKey: "nodekey:22", keyExpiry: inDays(180), run: { code: 0, output: "" } };
    const { result, warnings, session } = await renew([
      probe({ prefs, exitNode }),
      probe({ prefs, exitNode, ...fresh }),
    ]);
    expect(result.status).toBe("fulfilled");
    expect(warnings).toEqual([]);
    expect(labels(session)).toEqual(["probe", "renew-key"]);
    const call = session.calls[1]!;
    expect(call.args.slice(-5)).toEqual([
      "--login-server=https://controlplane.tailscale.com",
      "--hostname=web-1",
      "--advertise-tags=",
      "--accept-routes=true",
      "--exit-node=100.64.0.9",
    ]);
    expect(call.stdin).toBe("tskey-auth-canary");
  });

  it("a failure is a warning that says until when the key is good: the node is in the mesh", async () => {
    const output = "backend error: invalid key: API key does not exist";
    const { result, warnings } = await renew([probe(), probe({ run: { code: 1, output } })]);
    expect(result).toMatchObject({ status: "fulfilled", value: { keyExpiry: SOON } });
    expect(warnings).toEqual([
      expect.stringContaining(`could not be renewed, and is good until ${SOON}; the next`),
    ]);
  });

  it("a failure after which the host is in no mesh is an error", async () => {
    const out = { backendState: "NeedsLogin", run: { code: 1, output: "backend error: invalid key" } };
    const { result } = await renew([probe(), probe(out)]);
    expect(result).toMatchObject({ status: "rejected", reason: { kind: "key-invalid" } });
  });

  it("nothing is tried without a key to log in with", async () => {
    const { warnings, session } = await renew([probe()], { authKey: "" });
    expect(warnings).toEqual([expect.stringMatching(/could not be renewed.*there is no auth key/)]);
    expect(labels(session)).toEqual(["probe"]);
  });

  it("nothing is tried while the node has no connection to its control server, but for one that waits for an auth key", async () => {
    const offline = await renew([probe({ online: false })]);
    expect(offline.warnings).toEqual([
      expect.stringMatching(/the node has no connection to its control server/),
    ]);
    expect(labels(offline.session)).toEqual(["probe"]);
    const health = ["You are logged out. The last login error was: authkey already used"];
    const fresh = { nodeKey: "nodekey:22", keyExpiry: inDays(180), run: { code: 0, output: "" } };
    const stuck = await renew([probe({ online: false, health }), probe(fresh)]);
    expect(stuck.warnings).toEqual([]);
    expect(labels(stuck.session)).toEqual(["probe", "renew-key"]);
  });

  it("a host that was not reached in time after it keeps the fresh key, and the error does not say otherwise", async () => {
    const peer = "203.0.113.5 50000 100.64.0.1 22";
    const after = `${probe({ nodeKey: "nodekey:22" })}\n#:guard\nrestored\n`;
    const { result, session } = await renew([probe({ peer }), "#:guard\ndone\n", after]);
    expect(labels(session)).toEqual(["probe", "renew-key", "confirm"]);
    expect(result).toMatchObject({
      status: "rejected",
      reason: {
        kind: "would-lock-out",
        detail:
          "after tailscale up --force-reauth the host could not be reached in time; a key that was renewed stays, for it cannot be taken back",
        remedy: expect.not.stringContaining("setting"),
      },
    });
  });

  it("a key that makes another node of the host is an error", async () => {
    const { result } = await renew([
      probe(),
      probe({ nodeId: "8", nodeKey: "nodekey:22", run: { code: 0, output: "" } }),
    ]);
    expect(result).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringContaining("the auth key belongs to somebody else") },
    });
  });

  it("a fresh key that is near its end at once is said", async () => {
    const { warnings } = await renew([
      probe(),
      probe({ nodeKey: "nodekey:22", keyExpiry: inDays(7), run: { code: 0, output: "" } }),
    ]);
    expect(warnings).toEqual([expect.stringContaining("Declare a shorter time.")]);
  });
});
