import { describe, expect, it } from "@jest/globals";
import { parseNetwork, selectProvider } from "../../../config";
import { UNKNOWN } from "../../../validation";
import { mustRefuse } from "./support";

const headscale = { login_server: "https://headscale.example.com" };

describe("parseNetwork", () => {
  it("leaves the providers' blocks as they are", () => {
    const value = { provider: "headscale", providers: { headscale, other: null } };
    expect(parseNetwork(value)).toEqual(value);
  });

  it("needs the chosen provider's block", () => {
    expect(mustRefuse(() => parseNetwork({ provider: "headscale", providers: {} }))).toMatchInlineSnapshot(
      `"invalid config: network.providers.headscale: missing; this block holds the configuration of the chosen network provider. Correct it and run again."`,
    );
    expect(
      mustRefuse(() => parseNetwork({ provider: "constructor", providers: { headscale } })),
    ).toMatchInlineSnapshot(
      `"invalid config: network.providers.constructor: missing; this block holds the configuration of the chosen network provider. Correct it and run again."`,
    );
  });

  it("suggests the provider that was meant", () => {
    expect(
      mustRefuse(() => parseNetwork({ provider: "headscal", providers: { headscale } })),
    ).toMatchInlineSnapshot(
      `"invalid config: network.provider: "headscal" has no block under providers; did you mean "headscale"? Correct it and run again."`,
    );
  });

  it("reports wrong types and unknown keys, all at once", () => {
    expect(mustRefuse(() => parseNetwork({ provider: 7, module: "", providers: [], colour: 1 })))
      .toMatchInlineSnapshot(`
      "invalid config: 4 mistakes
        - network.provider: expected a string, got number
        - network.module: must not be empty
        - network.providers: expected an object, got list
        - network: unknown key "colour"; known keys: provider, module, providers
      Correct them and run again."
    `);
    expect(mustRefuse(() => parseNetwork({ provder: "a", providers: {} }))).toMatchInlineSnapshot(
      `"invalid config: network: unknown key "provder"; did you mean "provider"? Correct it and run again."`,
    );
    expect(mustRefuse(() => parseNetwork("headscale"))).toMatchInlineSnapshot(
      `"invalid config: network: expected an object, got string. Correct it and run again."`,
    );
  });

  it("lets unknown values pass", () => {
    expect(parseNetwork({ provider: UNKNOWN, providers: {} })).toEqual({ provider: UNKNOWN, providers: {} });
    expect(parseNetwork({ provider: "headscale", providers: UNKNOWN })).toMatchObject({
      provider: "headscale",
    });
  });
});

describe("selectProvider", () => {
  it("gives id, block and module", () => {
    expect(selectProvider(parseNetwork({ provider: "headscale", providers: { headscale } }))).toEqual({
      id: "headscale",
      block: headscale,
      module: undefined,
    });
    const nebula = { provider: "nebula", module: "./nebula.js", providers: { nebula: 1 } };
    expect(selectProvider(parseNetwork(nebula))).toEqual({ id: "nebula", block: 1, module: "./nebula.js" });
  });
});
