/** What the display says of a host when its join is done. */
import { expect, it } from "@jest/globals";
import { describeJoin } from "../../../mesh/join-host";
import { stateSchema, type HostState } from "../../../mesh/state";

const state = (change: Partial<HostState> = {}) =>
  stateSchema.parse({
    ...{ name: "web-1", provider: "headscale", config: {}, connection: "local" },
    ...{ nodeId: "7", fqdn: "web-1.mesh.example.com", addresses: ["100.64.0.1"] },
    ...change,
  });

it.each([
  ["joined", false, undefined, "joined as web-1.mesh.example.com (100.64.0.1)"],
  ["joined anew", false, state({ nodeId: "6" }), "joined as web-1.mesh.example.com (100.64.0.1)"],
  [
    "in the mesh all along",
    true,
    undefined,
    "is in the mesh already, as web-1.mesh.example.com (100.64.0.1)",
  ],
  [
    "renamed",
    true,
    state({ fqdn: "web.mesh.example.com" }),
    "is called web-1.mesh.example.com (100.64.0.1) now",
  ],
  ["as it was", true, state(), undefined],
])("a host that is %s", (_what, wasMember, olds, text) => {
  expect(describeJoin(state(), wasMember, olds)).toBe(text);
});
