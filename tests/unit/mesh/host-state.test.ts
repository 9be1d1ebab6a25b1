/** What of a refresh is kept: the recorded node is never replaced by what a host says of itself. */
import { describe, expect, it } from "@jest/globals";
import { observe, recordedOf } from "../../../mesh/host-state";
import { stateSchema } from "../../../mesh/state";

const state = stateSchema.parse({
  ...{ name: "web-1", fqdn: "web-1.demo.mesh", provider: "headscale", config: {} },
  ...{ connection: { host: "203.0.113.7" }, nodeId: "7", addresses: ["100.64.0.1"], stateVersion: 2 },
  machine: { mac: "m", clientKey: "mkey:aa" },
});
const node = {
  ...{ fqdn: "web-1.demo.mesh", addresses: ["100.64.0.1"], nodeId: "7", clientVersion: "1.102.0", tags: [] },
  ...{ loginServer: "https://headscale.demo.lab", machine: { mac: "n" } },
};

describe("a refresh", () => {
  it("keeps what a probe did not show of the machine", () => {
    expect(observe(state, node).machine).toEqual({ mac: "n", clientKey: "mkey:aa" });
  });

  it("of a host that is another node by now keeps the recorded one, with drift", () => {
    const seen = observe(state, { ...node, nodeId: "3", addresses: ["100.64.0.3"] });
    expect(seen).toMatchObject({ nodeId: "7", addresses: ["100.64.0.1"] });
    expect(seen.drift).toEqual(["expected the node 7, found the node 3"]);
  });

  it("of a host that is in another network keeps the recorded one", () => {
    const seen = observe(state, { ...node, nodeId: "3", inOtherNetwork: true, drift: ["expected ..."] });
    expect(seen).toMatchObject({ nodeId: "7", drift: ["expected ..."] });
  });

  it("that can tell only what is wrong keeps the rest", () => {
    expect(observe(state, { drift: ["tailscaled is not running"] })).toEqual({
      ...state,
      drift: ["tailscaled is not running"],
    });
  });
});

describe("the recorded node", () => {
  it("is known by the name that it had, not by the one that is declared now", () => {
    expect(recordedOf({ ...state, name: "front-1" })).toMatchObject({ nodeId: "7", name: "web-1" });
  });

  it("is none before there was one", () => {
    expect(recordedOf({ ...state, nodeId: undefined })).toBeUndefined();
    expect(recordedOf(undefined)).toBeUndefined();
  });
});
