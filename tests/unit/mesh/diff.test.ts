import { describe, expect, it } from "@jest/globals";
import { changedProperties } from "../../../mesh/diff";

const state = {
  name: "web-1",
  provider: "headscale",
  config: { tailnet_domain: "demo.mesh", install: { method: "auto" } },
  tags: ["tag:a", "tag:b"],
  flags: {},
  connection: { host: "203.0.113.8", user: "admin" },
  hostKeyPolicy: "pin",
  fqdn: "web-1-1.demo.mesh",
  nodeId: "7",
};

describe("the diff of a host", () => {
  it("is empty for the same inputs, whatever the outputs say", () => {
    expect(changedProperties(state, { ...state, fqdn: "web-1.demo.mesh", nodeId: undefined })).toEqual([]);
  });

  it("ignores a new auth key and a moved progress line", () => {
    expect(changedProperties(state, { ...state, authKey: "tskey-new", progressUrn: "urn:other" })).toEqual(
      [],
    );
  });

  it("takes absent and empty for the same", () => {
    const { flags: _flags, ...without } = state;
    expect(
      changedProperties(state, { ...without, connection: { ...state.connection, port: undefined } }),
    ).toEqual([]);
  });

  it.each([
    ["name", "web-2"],
    ["tags", ["tag:a"]],
    ["flags", { ssh: true }],
    ["connection", { host: "203.0.113.9", user: "admin" }],
    ["config", { tailnet_domain: "other.mesh" }],
    ["provider", "tailscale"],
    ["hostKeyPolicy", "strict"],
  ])("sees a change of %s", (key, value) => {
    expect(changedProperties(state, { ...state, [key]: value })).toEqual([key]);
  });

  it("does not depend on the order of keys", () => {
    const connection = { user: "admin", host: "203.0.113.8" };
    expect(changedProperties(state, { ...state, connection })).toEqual([]);
  });
});
