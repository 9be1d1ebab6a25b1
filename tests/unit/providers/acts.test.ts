/** What is done at the control server rests on its own record: a host's word for its id and tags is a claim. */
import { describe, expect, it } from "@jest/globals";
import type { Answer } from "../../support/api-server";
import { FakeHeadscale } from "../../support/fake-headscale";
import { inspect, join, labels, leave, MACHINE, markOf, OURS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const OWN = { id: "7", givenName: "web-1", nodeKey: "nodekey:77", tags: ["tag:app"] };
const DB = {
  id: "3",
  givenName: "db-1",
  ipAddresses: ["100.64.0.3"],
  nodeKey: "nodekey:33",
  tags: ["tag:db"],
};
const RECORDED = { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" };

const marked = (api: FakeHeadscale, parts: ProbeParts = {}) =>
  probeOutput({
    machine: MACHINE,
    mark: markOf(OURS),
    tags: ["tag:app"],
    ...parts,
    prefs: { ControlURL: api.url, ...parts.prefs },
  });

describe("a host that claims another node's id", () => {
  const claim = { nodeId: "3", addresses: ["100.64.0.3"], nodeKey: "nodekey:33", tags: ["tag:db"] };

  it("gets no tag through the API, and the other node keeps its own", async () => {
    await using api = await FakeHeadscale.start(OWN, DB);
    const { error } = await join([marked(api, claim)], { tags: ["tag:web"] }, api);
    expect(error).toMatchObject({
      kind: "join-failed",
      message: expect.stringContaining("nothing was changed there"),
    });
    expect(api.acts).toEqual([]);
  });

  it("has its own recorded node removed by a destroy, never the other", async () => {
    await using api = await FakeHeadscale.start(OWN, DB);
    await leave([marked(api, claim)], { recorded: RECORDED }, api);
    expect(api.acts.filter((call) => call.includes("/3"))).toEqual([]);
  });

  it("which it has after a login that is undone: the other node stays", async () => {
    await using api = await FakeHeadscale.start(DB);
    const { error } = await join(
      [
        probeOutput({ backendState: "NeedsLogin", machine: MACHINE }),
        marked(api, { ...claim, run: { code: 0, output: "" } }),
        probeOutput({ backendState: "NeedsLogin", machine: MACHINE, run: { code: 0, output: "" } }),
      ],
      { tags: ["tag:web"] },
      api,
    );
    expect(error).toBeDefined();
    expect(api.acts).toEqual([]);
  });
});

describe("a join that is undone", () => {
  const needsLogin = probeOutput({ backendState: "NeedsLogin", machine: MACHINE });
  const loggedOut = probeOutput({
    backendState: "NeedsLogin",
    machine: MACHINE,
    run: { code: 0, output: "" },
  });
  const foreign = (api: FakeHeadscale) => marked(api, { suffix: "other.mesh", run: { code: 0, output: "" } });

  it("removes the node that it made", async () => {
    await using api = await FakeHeadscale.start(DB);
    const list = api.server.routes["GET /api/v1/node"] as () => Answer;
    api.server.routes["GET /api/v1/node"] = () => {
      const before = list();
      if (!api.nodes.some(({ id }) => id === OWN.id)) api.add(OWN); // which the login after this makes
      return before;
    };
    await join([needsLogin, foreign(api), loggedOut], {}, api);
    expect(api.acts).toContain("DELETE /api/v1/node/7");
  });

  it("leaves a node that was listed before, and says that it stays", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const { error, warnings } = await join([needsLogin, foreign(api), loggedOut], {}, api);
    expect(error).toMatchObject({ kind: "wrong-tailnet" });
    expect(api.acts).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/its node 7 is logged out, but stays listed/)]);
  });
});

it("tags to keep come from the control server's record, not from what the host says", async () => {
  await using api = await FakeHeadscale.start({ ...OWN, tags: ["tag:app"] });
  const lying = marked(api, { tags: ["tag:admin", "tag:app"] });
  await join(
    [lying, marked(api, { tags: ["tag:app", "tag:web"] })],
    { tags: ["tag:web"], recorded: RECORDED },
    api,
  );
  expect(api.server.seen.find(({ call }) => call.endsWith("/tags"))?.body).toEqual({
    tags: ["tag:app", "tag:web"],
  });
});

describe("a destroy", () => {
  const loggedOut = probeOutput({
    backendState: "NeedsLogin",
    machine: MACHINE,
    run: { code: 0, output: "" },
  });

  it("logs out and removes the recorded node", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const { result, session } = await leave([marked(api), loggedOut], { recorded: RECORDED }, api);
    expect(result).toEqual({ outcome: "removed" });
    expect(labels(session)).toEqual(["probe", "logout"]);
    expect(api.acts).toEqual(["DELETE /api/v1/node/7"]);
  });

  it("leaves a node whose id is another one's by now, and says so", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-9", ipAddresses: ["100.64.0.9"] });
    const { result } = await leave([marked(api), loggedOut], { recorded: RECORDED }, api);
    expect(result?.staysBehind).toMatch(/nothing was removed at the control server: the node 7 is db-9/);
    expect(api.acts).toEqual([]);
  });

  it("of a host that cannot be read fails while it is in doubt whose node the id is: nothing was done", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-9", ipAddresses: ["100.64.0.9"] });
    const { error } = await leave(["cut"], { recorded: RECORDED }, api);
    expect(error).toMatchObject({ kind: "join-failed" });
    expect(api.acts).toEqual([]);
  });

  it("changes nothing when the API key is refused", async () => {
    await using api = await FakeHeadscale.start(OWN);
    api.server.routes["GET /api/v1/node/7"] = { status: 401 };
    const { error, session } = await leave([marked(api)], { recorded: RECORDED }, api);
    expect(error).toMatchObject({ kind: "key-invalid" });
    expect(labels(session)).toEqual([]);
  });

  it("takes a proxy's 404 for no answer, and changes nothing", async () => {
    await using api = await FakeHeadscale.start(OWN);
    api.server.routes["GET /api/v1/node/7"] = { status: 404, body: "404 page not found" };
    const { error, session } = await leave([marked(api)], { recorded: RECORDED }, api);
    expect(error).toMatchObject({ kind: "control-server" });
    expect(labels(session)).toEqual([]);
  });

  it("of a host that has left is done, also when the API fails after it: what stays is said", async () => {
    await using api = await FakeHeadscale.start(OWN);
    api.server.routes["DELETE /api/v1/node/7"] = { status: 500, body: { message: "disk is full" } };
    const { result } = await leave([marked(api), loggedOut], { recorded: RECORDED }, api);
    expect(result).toMatchObject({
      outcome: "logged-out",
      staysBehind: expect.stringContaining("disk is full"),
    });
  });

  it("without an API says of a host that was logged out before that its node may be listed still", async () => {
    const { result } = await leave([probeOutput({ backendState: "NeedsLogin" })], { recorded: RECORDED });
    expect(result?.staysBehind).toMatch(/the node 7 may be listed at the control server still/);
  });

  it("advises an API key where that would have removed the node, and nothing that would not", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const joined = probeOutput({ machine: MACHINE, mark: markOf(OURS), tags: ["tag:app"] });
    const noteOf = async (how: "remove" | "logout", recorded?: typeof RECORDED, server?: FakeHeadscale) => {
      const host =
        server === undefined
          ? joined
          : marked(server, { nodeKey: "nodekey:other", addresses: ["100.64.0.99"] });
      const { result, error } = await leave([host, loggedOut], { how, recorded }, server);
      expect(error).toBeUndefined();
      return result?.staysBehind;
    };
    expect(await noteOf("remove", RECORDED)).toMatch(/delete it there, or set api_key_env so that/);
    expect(await noteOf("logout", RECORDED)).toMatch(
      /delete it there \(`onDestroy: remove` does that, with api_key_env\)$/,
    );
    expect(await noteOf("logout", undefined, api)).toMatch(/delete it there \(`onDestroy: remove` does/);
    expect(await noteOf("remove", undefined, api)).toMatch(/delete it there$/);
    expect(api.acts).toEqual([]);
  });

  it("ends a login that the client still tries", async () => {
    const trying = probeOutput({
      backendState: "NeedsLogin",
      prefs: { ControlURL: "https://headscale.demo.lab", WantRunning: true },
    });
    const { session } = await leave([trying], { recorded: undefined });
    expect(labels(session)).toEqual(["probe", "cancel-login"]);
  });

  it("restarts a client that goes on as the node that it was before its logout", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const stale = marked(api, { prefs: { LoggedOut: true }, run: { code: 0, output: "" } });
    const { session } = await leave([marked(api), stale, loggedOut], { recorded: RECORDED }, api);
    expect(labels(session)).toEqual(["probe", "logout", "restart-daemon"]);
  });

  it("asks once more where the restarted client has its login back, which a server that lost the node refused to end", async () => {
    await using api = await FakeHeadscale.start(OWN);
    const stale = marked(api, { prefs: { LoggedOut: true }, run: { code: 1, output: "500" } });
    const back = marked(api);
    const { session } = await leave([back, stale, back, loggedOut], { recorded: RECORDED }, api);
    expect(labels(session)).toEqual(["probe", "logout", "restart-daemon", "logout"]);
    const { result } = await leave([back, stale, back, back], { recorded: RECORDED }, api);
    expect(JSON.stringify(result)).toContain("the node did not log out");
  });
});

describe("a refresh", () => {
  it("drops a host only when its daemon answers and has neither a login nor an id", async () => {
    const { result, error } = await inspect([
      probeOutput({ backendState: "NeedsLogin", haveNodeKey: false }),
    ]);
    expect([result, error]).toEqual([undefined, undefined]);
  });

  it.each<[string, ProbeParts, RegExp]>([
    ["is not installed", { withoutClient: true }, /not on PATH/],
    ["has a key that expired", { backendState: "NeedsLogin", haveNodeKey: true }, /NeedsLogin/],
    [
      "was logged out and goes on as it was",
      { prefs: { LoggedOut: true } },
      /goes on as the node that it was/,
    ],
  ])("keeps a host whose client %s, with drift", async (_what, parts, drift) => {
    const { result } = await inspect([probeOutput(parts)]);
    expect(result).toEqual({ drift: [expect.stringMatching(drift)] });
  });

  it("keeps a host when a proxy answers for the API, with a warning", async () => {
    await using api = await FakeHeadscale.start(OWN);
    api.server.routes["GET /api/v1/node/7"] = { status: 404, body: "<html>not found</html>" };
    const { result, warnings } = await inspect([marked(api)], api);
    expect(result).toMatchObject({ nodeId: "7" });
    expect(warnings).toEqual([expect.stringMatching(/could not be checked/)]);
  });

  it("drops a host whose id is another node's by now, in a database that was put back", async () => {
    const other = { ...OWN, givenName: "db-9", ipAddresses: ["100.64.0.9"], nodeKey: "nodekey:99" };
    await using api = await FakeHeadscale.start(other);
    expect((await inspect([marked(api)], api)).result).toBeUndefined();
  });

  it("keeps a host that an admin renamed, or whose key is another one since", async () => {
    for (const change of [{ givenName: "renamed", name: "renamed" }, { nodeKey: "nodekey:99" }]) {
      await using api = await FakeHeadscale.start({ ...OWN, ...change });
      expect((await inspect([marked(api)], api)).result).toMatchObject({ nodeId: "7" });
    }
  });

  it("drops a host that the API does not list any more", async () => {
    await using api = await FakeHeadscale.start(DB);
    const listed = api.server.routes["GET /api/v1/node/3"];
    expect(listed).toBeDefined();
    api.server.routes["GET /api/v1/node/7"] = { status: 404, body: { code: 5, message: "node not found" } };
    expect((await inspect([marked(api)], api)).result).toBeUndefined();
  });
});

it("a login whose node the control server's record shows as another one is joined, with a warning", async () => {
  await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-1", ipAddresses: ["100.64.0.9"] });
  const { warnings, result } = await join(
    [
      probeOutput({ backendState: "NeedsLogin", machine: MACHINE }),
      marked(api, { run: { code: 0, output: "" } }),
    ],
    { tags: ["tag:app"] },
    api,
  );
  expect(result).toMatchObject({ nodeId: "7" });
  expect(warnings).toContainEqual(expect.stringMatching(/record differs: the node 7 is db-1/));
});

it("a former name that cannot be put back after a renaming that failed is said", async () => {
  const prefs = { Hostname: "old-1" };
  const { error, warnings, session } = await join([
    probeOutput({ machine: MACHINE, mark: markOf(OURS), dnsName: "old-1.demo.mesh.", prefs }),
    probeOutput({ dnsName: "web-1-1.demo.mesh.", run: { code: 0, output: "" } }),
    probeOutput({ dnsName: "web-1-1.demo.mesh.", run: { code: 1, output: "no answer" } }),
  ]);
  expect(error).toMatchObject({ kind: "name-taken" });
  expect(labels(session)).toEqual(["probe", "change", "change"]);
  expect(warnings).toEqual([
    expect.stringMatching(/the former name old-1 could not be put back: .*no answer/),
  ]);
});
