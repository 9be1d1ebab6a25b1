/** What the state keeps of a node, and what of a refresh counts as drift. */
import { describe, expect, it } from "@jest/globals";
import { changedProperties } from "../../../mesh/diff";
import { newWarnings, observe } from "../../../mesh/host-state";
import { stateSchema } from "../../../mesh/state";

const inputs = { name: "web-1", provider: "lan", config: {}, tags: ["tag:web"], connection: "local" };
const state = stateSchema.parse({ ...inputs, nodeId: "7", fqdn: "web-1.lan", nodeTags: ["tag:web"] });
const node = {
  ...{ fqdn: "web-1.lan", addresses: ["100.64.0.1"], nodeId: "7", tags: ["tag:db", "tag:web"] },
  ...{ clientVersion: "1.102.0", loginServer: "https://lan" },
};
const EXTRA = "the node has tags that are not declared: tag:db";

describe("a refresh of a node with more tags than declared", () => {
  it("shows them all, and leaves the declared ones equal to the inputs", () => {
    const seen = observe(state, { ...node, warnings: [EXTRA] });
    expect(seen).toMatchObject({ nodeTags: ["tag:db", "tag:web"], tags: ["tag:web"], drift: [EXTRA] });
    expect(changedProperties(seen, inputs)).toEqual(["drift"]);
  });

  it("is no drift once an up has said it", () => {
    const seen = observe({ ...state, warnings: [EXTRA] }, { ...node, warnings: [EXTRA] });
    expect(seen.drift).toBeUndefined();
    expect(changedProperties(seen, inputs)).toEqual([]);
  });

  it("misses a declared tag in the tags themselves", () => {
    const seen = observe(state, { ...node, tags: ["tag:db"] });
    expect(changedProperties(seen, inputs)).toEqual(["tags"]);
  });
});

it("a policy on extra tags is recorded without a look at the host, and its default is no change", () => {
  expect(changedProperties(state, { ...inputs, extraTags: "remove" })).toEqual([]);
  expect(changedProperties(state, { ...inputs, extraTags: "keep" })).toEqual(["extraTags"]);
});

it("a warning is said again only when more than its numbers has changed", () => {
  const said = { warnings: ["no answer in 20s"] };
  expect(newWarnings(said, { warnings: ["no answer in 35s", "MagicDNS is off"] })).toEqual([
    "MagicDNS is off",
  ]);
  expect(newWarnings(undefined, {})).toEqual([]);
});
