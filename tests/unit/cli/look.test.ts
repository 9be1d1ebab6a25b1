/** A look at a host: the state it is compared with, and what is passed on. */
import { describe, expect, it } from "@jest/globals";
import { lookAt } from "../../../mesh/look/look";
import { isMeshError, MeshError } from "../../../errors";
import { register, type EnsureJoinedOptions, type NodeState } from "../../../providers";
import { TestServer } from "../transport/support/server";
import { declared, node } from "./support";

const nothing = () => Promise.resolve();
let found: NodeState | Pick<NodeState, "drift"> | undefined | MeshError;
const asked: Partial<EnsureJoinedOptions>[] = [];

/** Reads this machine, and says what the test wants to hear. */
register({
  id: "looked-at",
  nodeFQDN: (host) => `${host}.demo.mesh`,
  ensureInstalled: nothing,
  ensureJoined: nothing,
  inspect: (_ctx, options) => {
    asked.push(options);
    return isMeshError(found) ? Promise.reject(found) : Promise.resolve(found);
  },
  survey: () =>
    Promise.resolve({
      findings: [],
      links: [],
      holder: { id: "d-other", label: "urn:other" },
      routes: { advertised: ["10.0.0.0/8", "10.1.0.0/16"], approved: ["10.0.0.0/8"] },
    }),
});

const here = (more: Parameters<typeof declared>[1] = {}) =>
  declared("web-1", { provider: "looked-at", connection: "local", ...more });
const lookHere = (more: Parameters<typeof declared>[1] = {}) =>
  lookAt(here(more), { progress: () => undefined, env: {} });

describe("a look", () => {
  it("names what is not as declared: name, tags, flags, node", async () => {
    found = node("web-1", {
      hostname: "other",
      tags: ["tag:a"],
      flags: { ssh: false },
      nodeId: "9",
      drift: ["the node is down"],
    });
    const { joined, drift } = await lookHere({ tags: ["tag:a", "tag:b"], flags: { ssh: true } });
    expect(joined).toBe(true);
    expect(drift).toEqual([
      "the node is down",
      "expected the node 7, found the node 9",
      "expected the hostname web-1, found other",
      "the node lacks tag:b",
      "the flag ssh is false, expected true",
    ]);
  });

  it("asks with all wishes of a refresh, and compares extra flags where the client tells them", async () => {
    asked.splice(0);
    const extraFlags = { "report-posture": true, stateful: "on" };
    const wishes = { extraFlags, udpGro: true, expiry: "disabled" } as const;
    found = node("web-1", { extraFlags: { "report-posture": false } });
    expect((await lookHere(wishes)).drift).toEqual(["the flag report-posture is false, expected true"]);
    expect(asked).toMatchObject([{ extraFlags, udpGro: true, keyExpiry: "disabled" }]);
  });

  it("warns of what needs no change of the declaration: a key that expires, routes nobody approved", async () => {
    found = node("web-1", { keyExpiry: "2020-01-01T00:00:00Z", warnings: ["MagicDNS is off"] });
    const { drift, warnings } = await lookHere();
    expect(drift).toEqual([]);
    expect(warnings).toEqual([
      "MagicDNS is off",
      expect.stringMatching(/^the key of the node has expired on 2020-01-01/),
      "routes that the control server has not approved: 10.1.0.0/16. Approve them there.",
    ]);
  });

  it("takes the holder of a host that only configuration declares for its own, and that of the state for the state's", async () => {
    asked.splice(0);
    found = node("web-1");
    await lookHere({ recorded: false, declaration: undefined });
    await lookHere();
    expect(asked.map(({ declaration }) => declaration?.id)).toEqual(["d-other", "d-web-1"]);
  });

  it("tells a host that is no node from one of which nothing is known", async () => {
    found = undefined;
    expect((await lookHere()).joined).toBe(false);
    found = { drift: ["tailscaled is not running"] };
    expect(await lookHere()).toMatchObject({ joined: undefined, drift: ["tailscaled is not running"] });
  });

  it("goes in the mesh first where that is declared, with the key of the state", async () => {
    found = node("web-1");
    await using inMesh = await TestServer.start({ address: "127.0.3.1" });
    const joined = { addresses: ["127.0.3.1"], hostKey: inMesh.hostKeys[0]!.public };
    const connection = inMesh.connection();
    expect(await lookHere({ ...joined, connection })).toMatchObject({ reached: false });
    const seen = await lookHere({ ...joined, connection, reach: "mesh-first" });
    expect(seen).toMatchObject({ reached: true, hostKey: joined.hostKey });
  });

  it("keeps an error, and that the host was reached before it", async () => {
    found = new MeshError({ kind: "control-server", message: "cut off", remedy: "Wait." });
    expect(await lookHere()).toMatchObject({ reached: true, error: { kind: "control-server" } });
    const gone = await lookHere({
      connection: { host: "127.0.0.1", port: 1, dialErrorLimit: 0, perDialTimeout: 1 },
    });
    expect(gone).toMatchObject({ reached: false, error: { kind: "host-unreachable" } });
  });
});
