/** What a node's key is like, as declared: one that never expires, and one of a node that goes by itself. */
import { describe, expect, it } from "@jest/globals";
import type { NodeState } from "../../../providers";
import { FakeHeadscale, type FakeNode } from "../../support/fake-headscale";
import { inspect, join, labels, MACHINE, markOf, OURS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const SOON = "2030-01-02T03:04:05Z";
const OWN: FakeNode = { id: "7", givenName: "web-1", nodeKey: "nodekey:77", expiry: SOON };
const keyExpiry = "disabled" as const;
const EXPIRE = "POST /api/v1/node/7/expire?disableExpiry=true";

const probe = (api?: FakeHeadscale, parts: ProbeParts = {}) =>
  probeOutput({
    machine: MACHINE,
    mark: markOf(OURS),
    keyExpiry: SOON,
    ...parts,
    prefs: api === undefined ? {} : { ControlURL: api.url },
  });

describe("a key that shall not expire", () => {
  it("is seen to through the API, and read back from there: the node has not heard of it yet", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const { result, session } = await join([probe(api)], { keyExpiry }, api);
    expect(api.acts).toEqual([EXPIRE]);
    expect(result).not.toHaveProperty("keyExpiry");
    expect(labels(session)).toEqual(["probe"]);
    const refreshed = await inspect([probe(api)], api, { keyExpiry });
    expect(refreshed.result).toMatchObject({ drift: [] });
    expect(refreshed.result).not.toHaveProperty("keyExpiry");
    await join([probe(api)], { keyExpiry }, api);
    expect(api.acts).toEqual([EXPIRE]);
  });

  it("that expires again is drift", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const drift = ["the node's key expires on 2030-01-02, and keyExpiry is disabled"];
    expect((await inspect([probe(api)], api, { keyExpiry })).result).toMatchObject({
      drift,
      keyExpiry: SOON,
    });
    expect((await inspect([probe()], undefined, { keyExpiry })).result).toMatchObject({ drift });
    expect((await inspect([probe()])).result).toMatchObject({ drift: [], keyExpiry: SOON });
  });

  it.each([undefined, "2030-01-01T00:00:00Z"])(
    "is taken to be as it was recorded where the API does not answer: %s",
    async (recordedExpiry) => {
      await using api = await FakeHeadscale.start(OWN);
      api.server.routes["GET /api/v1/node/7"] = { status: 401 };
      api.server.routes["GET /api/v1/node"] = { status: 401 };
      const recorded = { nodeId: "7", addresses: [], name: "web-1", keyExpiry: recordedExpiry };
      const { result, warnings } = await inspect([probe(api)], api, { keyExpiry, recorded });
      expect(result).toMatchObject({ drift: [] });
      expect((result as NodeState).keyExpiry).toBe(recordedExpiry);
      expect(warnings).toEqual([
        expect.stringMatching(
          /^web-1: whether the control server still lists the node and lets its key expire could not be checked: /,
        ),
      ]);
    },
  );

  it("and the routes of a node are looked up in one record", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: ["10.9.0.0/24"] });
    const flags = { "advertise-routes": ["10.9.0.0/24"] };
    const host = () => probe(api, { prefs: { AdvertiseRoutes: ["10.9.0.0/24"] } });
    await inspect([host()], api, { keyExpiry, flags }); // the first look of a process reads one node
    const before = api.server.seen.length;
    await inspect([host()], api, { keyExpiry, flags });
    expect(api.server.seen.slice(before).map(({ call }) => call)).toEqual(["GET /api/v1/node"]);
  });

  it("asks nobody where it does not expire anyway", async () => {
    const { error, session } = await join([probe(undefined, { keyExpiry: undefined })], { keyExpiry });
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is an error without an API, where it would", async () => {
    const { error } = await join([probe()], { keyExpiry });
    expect(error).toMatchObject({ kind: "invalid-config", remedy: expect.stringContaining("api_key_env") });
  });

  it.each([
    ["older", { body: { version: "v0.28.0" } }],
    ["of an unknown version", { status: 404, body: "404 page not found" }],
  ])("is never asked of a Headscale that is %s: it would expire the key at once", async (_what, version) => {
    await using api = await FakeHeadscale.start(OWN);
    api.server.routes["GET /version"] = version;
    const { error } = await join([probe(api)], { keyExpiry }, api);
    expect(error).toMatchObject({ kind: "invalid-config", message: expect.stringContaining("0.29 can") });
    expect(api.acts).toEqual([]);
  });

  it("of another node than this host is left alone", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-1" });
    const { error } = await join([probe(api)], { keyExpiry }, api);
    expect(error).toMatchObject({ kind: "join-failed" });
    expect(api.acts).toEqual([]);
  });

  it("whose line is taken away stays so, and that is said", async () => {
    const { warnings, result } = await join([probe()], { former: { keyExpiry } });
    expect(warnings).toEqual([expect.stringMatching(/^web-1: the node's key still does not expire/)]);
    expect((result as NodeState).keyExpiry).toBe(SOON);
  });
});

describe("an ephemeral node", () => {
  const needsLogin = probeOutput({ backendState: "NeedsLogin", machine: MACHINE });
  const login = (api: FakeHeadscale) => probe(api, { mark: "", run: { code: 0, output: "" } });

  it.each([true, undefined])("logs in with a key that makes it one (%s)", async (ephemeral) => {
    await using api = await FakeHeadscale.start(OWN);
    await join([needsLogin, login(api), probe(api)], { ephemeral, authKey: "" }, api);
    const made = api.server.seen.find(({ call }) => call === "POST /api/v1/preauthkey");
    expect(made?.body).toMatchObject({ ephemeral: ephemeral === true, reusable: false });
  });

  it("cannot be had from a key that was given: that is said", async () => {
    const { warnings } = await join(
      [needsLogin, probe(undefined, { mark: "", run: { code: 0, output: "" } }), probe()],
      { ephemeral: true },
    );
    expect(warnings).toEqual([expect.stringMatching(/ephemeral is a matter of the auth key that was given/)]);
  });
});
