/** When a host's address in the mesh is dialled first. */
import { describe, expect, it } from "@jest/globals";
import { check } from "../../../mesh/handlers";
import { changedProperties, onlyPoliciesChanged } from "../../../mesh/diff";
import { meshAddressOf } from "../../../mesh/reach";
import { inputsSchema, stateSchema } from "../../../mesh/state";
import { toStore } from "../../../mesh/stored";
import { pinsOf } from "../../../mesh/with-host";

const PROXY = { host: "203.0.113.1" };
const inputs = {
  ...{ name: "web-1", provider: "headscale", reach: "mesh-first" },
  config: { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" },
  connection: { host: "203.0.113.7" },
};
const joined = {
  ...{ ...inputs, nodeId: "7", addresses: ["100.64.0.5", "fd7a:115c:a1e0::5"] },
  hostKey: "ssh-ed25519 AAAA",
};
const ofState = (change: object = {}) => meshAddressOf(stateSchema.parse({ ...joined, ...change }));
/** For an update whose connection is now another one. */
const ofUpdate = (connection: object | "local", former: object = {}) => {
  const news = inputsSchema.parse({ ...inputs, connection });
  return meshAddressOf({ ...news, ...pinsOf(news, stateSchema.parse({ ...joined, ...former })) });
};

describe("a joined host whose reach is mesh-first", () => {
  it("is dialled at the first of its addresses in the mesh", () => {
    expect(ofState()).toBe("100.64.0.5");
    expect(ofUpdate(inputs.connection)).toBe("100.64.0.5");
    expect(ofUpdate({ ...inputs.connection, user: "admin" })).toBe("100.64.0.5");
  });

  it.each<[string, object]>([
    ["whose reach is connection", { reach: "connection" }],
    ["that an older version joined, which knew no reach", { reach: undefined }],
    ["whose reach only a newer version knows", { reach: "mesh-only" }],
    ["that was never joined", { addresses: [] }],
    ["whose key nobody knows", { hostKey: undefined }],
    ["that is this machine", { connection: "local" }],
    ["whose connection is that address", { connection: { host: "100.64.0.5" } }],
  ])("but for one %s", (_which, change) => expect(ofState(change)).toBeUndefined());

  it("needs no pin where its key is given, and goes past a jump host that leads to its address", () => {
    const connection = { host: "203.0.113.7", hostKey: "ssh-ed25519 AAAA" };
    expect(ofState({ hostKey: undefined, connection })).toBe("100.64.0.5");
    expect(ofState({ connection: { host: "100.64.0.5", proxy: PROXY } })).toBe("100.64.0.5");
  });

  it("may serve no port at which it is dialled there", async () => {
    const refused = async (connection: object, tcp: number) =>
      (await check({}, { ...inputs, connection, serve: [{ tcp, to: "tcp://10.0.0.5:22" }] })).failures;
    expect(await refused(inputs.connection, 22)).toEqual([
      expect.objectContaining({
        reason: expect.stringContaining("port 22 is the one at which reach: mesh-first"),
      }),
    ]);
    expect(await refused({ ...inputs.connection, port: 2222 }, 2222)).toHaveLength(1);
    expect(await refused({ ...inputs.connection, port: 2222 }, 22)).toEqual([]);
  });

  it.each<[string, object]>([
    ["host", { host: "203.0.113.8" }],
    ["port", { host: "203.0.113.7", port: 2222 }],
    ["jump host", { host: "203.0.113.7", proxy: PROXY }],
  ])(
    "is a first contact when its connection has another %s: the mesh knows the former machine",
    (_what, to) => {
      expect(ofUpdate(to)).toBeUndefined();
    },
  );

  it("takes some 20 bytes of state, and none by default", () => {
    const size = (reach: string) => JSON.stringify(toStore(stateSchema.parse({ ...joined, reach }))).length;
    expect(size("mesh-first") - size("connection")).toBe('"reach":"mesh-first",'.length);
  });

  it("is set and taken back without a connection", () => {
    const changed = changedProperties({ ...joined, reach: "connection" }, joined);
    expect(changed).toEqual(["reach"]);
    expect(onlyPoliciesChanged(changed)).toBe(true);
  });
});

describe("check", () => {
  const failuresOf = async (change: object) => {
    const given = { ...inputs, tags: [], flags: {}, fqdn: "web-1.mesh.example.com", ...change };
    return (await check({}, given)).failures;
  };

  it("refuses mesh-first for this machine, which is dialled in no way", async () => {
    expect(await failuresOf({ connection: "local" })).toEqual([
      { property: "reach", reason: 'reach: "mesh-first" has no meaning where the connection is local' },
    ]);
    expect(await failuresOf({ connection: "local", reach: "connection" })).toEqual([]);
  });

  it("lets it pass for every connection", async () => {
    expect(await failuresOf({})).toEqual([]);
    expect(await failuresOf({ connection: { host: "web-1", client: "openssh" } })).toEqual([]);
  });
});
