/** What a node offers is forwarded, approved and read back; what others approved stays, and what is declared no more goes. */
import { describe, expect, it } from "@jest/globals";
import type { NodeState } from "../../../providers";
import { approvalsDue } from "../../../providers/tailnet/routes/approval";
import { routesOf, withWithdrawals } from "../../../providers/tailnet/routes/declared";
import { FakeHeadscale, type FakeNode } from "../../support/fake-headscale";
import { inspect, join, labels, leave, MACHINE, markOf, OURS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const LAN = "10.9.0.0/24";
const OTHER = "10.77.0.0/16";
const EXIT = ["0.0.0.0/0", "::/0"];
const flags = { "advertise-routes": [LAN] };
const OWN: FakeNode = {
  id: "7",
  givenName: "web-1",
  nodeKey: "nodekey:77",
  availableRoutes: [LAN, "0.0.0.0/0", "::/0"],
};
const MACHINES = { writable: "yes", file: "yes" };

const router = (api?: FakeHeadscale, parts: ProbeParts = {}) =>
  probeOutput({
    machine: MACHINE,
    mark: markOf(OURS),
    ...parts,
    forwarding: { ...MACHINES, ...parts.forwarding },
    prefs: { ...(api === undefined ? {} : { ControlURL: api.url }), AdvertiseRoutes: [LAN], ...parts.prefs },
  });

describe("the routes of a declaration", () => {
  it("are its subnets as the client writes them, and both families for an exit node", () => {
    expect(routesOf({ "advertise-routes": " 10.9.0.0/24,FD00:0::/32", "advertise-exit-node": true })).toEqual(
      [LAN, "fd00::/32", ...EXIT],
    );
    expect(routesOf({ "advertise-exit-node": false, "advertise-routes": [] })).toEqual([]);
  });

  it("are withdrawn when the declaration does not name them any more; a setting is left as it is", () => {
    const former = { "advertise-routes": [LAN], "advertise-exit-node": true, ssh: true };
    expect(withWithdrawals({ ssh: false }, former)).toEqual({
      ssh: false,
      "advertise-routes": [],
      "advertise-exit-node": false,
    });
    expect(withWithdrawals(flags, former)).toEqual({ ...flags, "advertise-exit-node": false });
    expect(withWithdrawals({}, { "advertise-routes": [], "advertise-exit-node": false })).toEqual({});
  });

  it("are approved beside those that others approved, which stay", () => {
    const due = (approved: string[], ours: string[], former: string[] = []) =>
      approvalsDue(approved, { ours, former });
    expect(due([OTHER], [LAN])).toEqual([OTHER, LAN]);
    expect(due([OTHER, LAN], [LAN])).toBeUndefined();
    expect(due([OTHER, LAN], [], [LAN])).toEqual([OTHER]);
    expect(due([OTHER, LAN, ...EXIT], [LAN], [LAN])).toBeUndefined();
    expect(due([OTHER], [], [LAN])).toBeUndefined();
  });
});

describe("approval through the API", () => {
  it("keeps what others approved", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: [OTHER] });
    const { session, error } = await join([router(api)], { flags }, api);
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe"]);
    expect(api.acts).toEqual(["POST /api/v1/node/7/approve_routes"]);
    expect(api.nodes[0]?.approvedRoutes).toEqual([OTHER, LAN]);
  });

  it("takes back a route that is declared no more, and stops offering it", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: [OTHER, LAN] });
    const { session } = await join(
      [
        router(api),
        router(api, { prefs: { AdvertiseRoutes: null }, run: { code: 0, output: "" } }),
        router(api),
      ],
      { former: { flags } },
      api,
    );
    expect(session.calls[1]).toMatchObject({ label: "change", args: ["", "set", "--advertise-routes="] });
    expect(labels(session)).toEqual(["probe", "change", "forwarding"]);
    expect(api.nodes[0]?.approvedRoutes).toEqual([OTHER]);
  });

  it("asks for nothing where all is approved: an exit node's other family came by itself", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: EXIT });
    const exit = { "advertise-exit-node": true };
    const { session } = await join([router(api, { prefs: { AdvertiseRoutes: EXIT } })], { flags: exit }, api);
    expect(labels(session)).toEqual(["probe"]);
    expect(api.acts).toEqual([]);
  });

  it("never touches a node that is not proven to be this host", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, givenName: "db-1", ipAddresses: ["100.64.0.3"] });
    api.server.routes["GET /api/v1/node/7"] = [
      { body: { node: { ...OWN, name: "web-1", ipAddresses: ["100.64.0.1"], tags: [] } } },
      { body: { node: { ...OWN, givenName: "db-1", name: "db-1", ipAddresses: ["100.64.0.3"], tags: [] } } },
    ];
    const { error } = await join([router(api)], { flags }, api);
    expect(error).toMatchObject({ kind: "join-failed" });
    expect(api.acts).toEqual([]);
  });

  it("which the server does not carry out is an error", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: [] });
    api.server.routes["POST /api/v1/node/7/approve_routes"] = {
      body: { node: { ...OWN, approvedRoutes: [] } },
    };
    const { error } = await join([router(api)], { flags }, api);
    expect(error).toMatchObject({ kind: "control-server", message: expect.stringContaining(LAN) });
  });

  it("by a key that may not do it is no error where the policy approves", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: [] });
    api.server.routes["POST /api/v1/node/7/approve_routes"] = { status: 403, body: { message: "scope" } };
    const approved = router(api, { allowedRoutes: [LAN] });
    expect((await join([router(api), approved], { flags }, api)).error).toBeUndefined();
    expect((await join([router(api), router(api)], { flags }, api)).error).toMatchObject({
      kind: "key-invalid",
    });
  });
});

describe("withdrawal by a key that may not do it", () => {
  async function withdraw(approvedRoutes: string[]) {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes });
    api.server.routes["POST /api/v1/node/7/approve_routes"] = { status: 403, body: { message: "scope" } };
    const quiet = router(api, { prefs: { AdvertiseRoutes: null }, run: { code: 0, output: "" } });
    return await join([router(api), quiet, quiet], { former: { flags } }, api);
  }

  it("is a warning that names what stays approved", async () => {
    const { warnings, error } = await withdraw([OTHER, LAN]);
    expect(error).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^web-1: its routes 10\.9\.0\.0\/24 are declared no more, and stay approved .*: .*scope/,
      ),
    ]);
  });

  it("is nothing to speak of where the route was never approved", async () => {
    expect(await withdraw([OTHER])).toMatchObject({ warnings: [], error: undefined });
  });
});

describe("without an API", () => {
  it("routes that the node has not heard of are a warning that names them", async () => {
    const { warnings, error } = await join([router()], { flags });
    expect(error).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^web-1: as far as the node knows, nobody has approved its routes 10\.9\.0\.0\/24,/,
      ),
    ]);
  });

  it("a policy that approves what was just offered is waited for", async () => {
    const before = router(undefined, { prefs: { AdvertiseRoutes: null } });
    const set = router(undefined, { run: { code: 0, output: "" } });
    const { warnings, session } = await join([before, set, router(undefined, { allowedRoutes: [LAN] })], {
      flags,
    });
    expect(labels(session)).toEqual(["probe", "change", "await-routes"]);
    expect(warnings).toEqual([]);
  });

  it.each<[string, ProbeParts]>([
    ["which it serves", { allowedRoutes: [LAN] }],
    ["which another node serves, so that it stands by", { servedByOthers: [LAN] }],
  ])("a route %s is no warning and no drift", async (_what, parts) => {
    expect((await join([router(undefined, parts)], { flags })).warnings).toEqual([]);
    expect((await inspect([router(undefined, parts)], undefined, { flags })).result).toMatchObject({
      drift: [],
    });
  });
});

describe("a refresh", () => {
  const drift = async (node: Partial<FakeNode>, ...others: FakeNode[]) => {
    await using api = await FakeHeadscale.start({ ...OWN, ...node }, ...others);
    const { result } = await inspect([router(api)], api, { flags });
    expect(api.acts).toEqual([]);
    return result?.drift;
  };
  const standby = {
    id: "8",
    givenName: "web-2",
    ipAddresses: ["100.64.0.2"],
    approvedRoutes: [LAN],
    subnetRoutes: [LAN],
  };

  it("shows what waits for approval", async () => {
    const waits = [`the routes ${LAN} wait for approval at the control server`];
    expect(await drift({ approvedRoutes: [OTHER] })).toEqual(waits);
    expect((await inspect([router()], undefined, { flags })).result?.drift).toEqual(waits);
  });

  it("is content with a route that the node serves, or another one in its place", async () => {
    expect(await drift({ approvedRoutes: [LAN], subnetRoutes: [LAN] })).toEqual([]);
    expect(await drift({ approvedRoutes: [LAN], subnetRoutes: [] }, standby)).toEqual([]);
  });

  it("shows a route that is approved and that nobody is sent by", async () => {
    expect(await drift({ approvedRoutes: [LAN], subnetRoutes: [] })).toEqual([
      `the routes ${LAN} are approved, and the control server sends them to no node`,
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ["off", { v4: "0", file: "yes" }, ["IPv4 forwarding is off, so that the node's routes lead nowhere"]],
    ["on until the next boot", { file: "" }, ["IP forwarding is on, but not after the next boot"]],
    ["off for a family that no route needs", { v6: "0", file: "yes" }, []],
    ["on in a container, whose files nobody reads", { writable: "", file: "" }, []],
  ])("sees forwarding that is %s", async (_what, forwarding, expected) => {
    const probe = router(undefined, { forwarding, allowedRoutes: [LAN] });
    expect((await inspect([probe], undefined, { flags })).result?.drift).toEqual(expected);
  });
});

describe("IP forwarding", () => {
  const exit = { "advertise-exit-node": true };
  const at = (parts: ProbeParts) => router(undefined, { allowedRoutes: [LAN, ...EXIT], ...parts });
  const exitNode = (parts: ProbeParts) => at({ prefs: { AdvertiseRoutes: EXIT }, ...parts });

  it("is switched on before the routes are offered, with the devices that listen to a router's announcements", async () => {
    const off = { v4: "0", v6: "0", file: "", announced: "eth0 ens3.20" };
    const { session, warnings } = await join(
      [
        exitNode({ forwarding: off, prefs: { AdvertiseRoutes: null } }),
        exitNode({ run: { code: 0, output: "" }, prefs: { AdvertiseRoutes: null } }),
        exitNode({ run: { code: 0, output: "" } }),
      ],
      { flags: exit },
    );
    expect(session.calls.map(({ label, args }) => [label, args])).toEqual([
      ["probe", []],
      ["forwarding", ["eth0", "ens3.20"]],
      ["change", ["", "set", "--advertise-exit-node=true"]],
    ]);
    expect(warnings).toEqual([]);
  });

  it("that cannot be switched on, as in a container, is a warning that says how", async () => {
    const container = { v6: "0", writable: "", file: "" };
    const probe = exitNode({ forwarding: container });
    const { session, result } = await join([probe], { flags: exit });
    expect(labels(session)).toEqual(["probe"]);
    const refreshed = await inspect([probe], undefined, { flags: exit });
    expect(refreshed.result).toMatchObject({ drift: [], warnings: (result as NodeState).warnings });
    expect((result as NodeState).warnings).toEqual([
      expect.stringMatching(
        /^IPv6 forwarding is off and cannot be switched on from here.*`--sysctl net\.ipv4\.ip_forward=1 --sysctl net\.ipv6\.conf\.all\.forwarding=1`/,
      ),
    ]);
  });

  it("that stays off is an error", async () => {
    const off = { v4: "0", file: "" };
    const after = at({ forwarding: off, run: { code: 0, output: "" } });
    const { error } = await join([at({ forwarding: off }), after], { flags });
    expect(error).toMatchObject({ kind: "join-failed", message: expect.stringContaining("IPv4 stays off") });
  });

  it.each([
    ["overruled", /\/etc\/sysctl\.conf switches IP forwarding off at boot/],
    ["unread", /nothing on the host reads \/etc\/sysctl\.d at boot/],
  ])("that a boot would end is a warning (%s)", async (output, warning) => {
    const { warnings } = await join(
      [at({ forwarding: { v4: "0", file: "" } }), at({ run: { code: 0, output } })],
      { flags },
    );
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it("is not asked for by userspace networking, nor by a host that offers nothing", async () => {
    const off = { v4: "0", v6: "0", file: "" };
    expect(labels((await join([at({ forwarding: off, tunDevice: false })], { flags })).session)).toEqual([
      "probe",
    ]);
    const plain = at({ forwarding: off, prefs: { AdvertiseRoutes: null } });
    expect(labels((await join([plain], {})).session)).toEqual(["probe"]);
  });
});

describe("a destroy that only logs out", () => {
  const loggedOut = probeOutput({
    backendState: "NeedsLogin",
    machine: MACHINE,
    run: { code: 0, output: "" },
  });
  const options = {
    how: "logout" as const,
    flags,
    recorded: { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" },
  };

  it("withdraws the approvals of a node that stays listed", async () => {
    await using api = await FakeHeadscale.start({ ...OWN, approvedRoutes: [OTHER, LAN] });
    const { error } = await leave([router(api), loggedOut], options, api);
    expect(error).toBeUndefined();
    expect(api.nodes[0]?.approvedRoutes).toEqual([OTHER]);
  });

  it("says what it could not withdraw", async () => {
    const { result } = await leave([router(), loggedOut], options);
    expect(result?.staysBehind).toContain(
      `its routes ${LAN} stay approved at the control server, if they were`,
    );
  });
});
