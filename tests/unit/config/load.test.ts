import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { loadNetwork, NETWORK_EXAMPLE } from "../../../config";
import { mustRefuse } from "./support";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "mesh-config-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(join(folder, "stagecraft.yml"), text);
/** The error for a file of this text, with the folder's path cut out. */
const refusal = (text: string) => (
  write(text),
  mustRefuse(() => loadNetwork({ folder })).replaceAll(folder, "/app")
);

const stackValue = { provider: "headscale", providers: { headscale: {} } };

describe("loadNetwork from stagecraft.yml", () => {
  it("reads the network section and ignores the others", () => {
    write(`project: { name: shop }\nbackend: !custom 1\n${NETWORK_EXAMPLE}`);
    expect(loadNetwork({ folder })).toEqual({
      provider: "tailscale",
      providers: { tailscale: { tailnet_domain: "mytailnet.ts.net", auth_key_env: "TS_AUTHKEY" } },
    });
  });

  it("follows anchors and merge keys", () => {
    write(
      "x: &shared { auth_key_env: K }\nnetwork:\n  provider: a\n  providers:\n    a: { <<: *shared, b: 1 }\n",
    );
    expect(loadNetwork({ folder }).providers).toEqual({ a: { auth_key_env: "K", b: 1 } });
  });

  it("says where a syntax error is, without the text of the file", () => {
    const texts = [
      "network:\n  provider: head: scale\n",
      "network:\n\tprovider: headscale\n",
      "network:\n  providers: [canary, \n",
      'network:\n  provider: "canary\n',
      'network:\n  provider: "a" canary\n',
      'network:\n  provider: "\\canary"\n',
      "network:\n    provider: a\n  providers: {}\n",
      "network: {}\n}canary\n",
      "network: {}\n---\nnetwork: {}\n",
      "network: *canary\n",
      "network:\n  <<: 1\n",
    ];
    const found = texts.map(refusal);
    expect(found).toMatchInlineSnapshot(`
      [
        "invalid config: /app/stagecraft.yml:2:13: nested mappings are not allowed in compact mappings (is the indentation right, or are quotes missing around a value with ": "?). Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:2:1: tabs are not allowed as indentation; use spaces. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:3:1: flow sequence in block collection must be sufficiently indented and end with a ]. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:3:1: missing closing "quote. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:2:17: unexpected scalar at node end. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:2:14: invalid escape sequence in a double-quoted string. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:3:1: all mapping items must start at the same column. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:2:1: unexpected flow-map-end token in YAML stream. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:2:1: a second YAML document starts here; the file must hold one. Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml:1:10: this alias has no anchor before it; or are quotes missing around a value that starts with *? Correct the YAML at this place.",
        "invalid config: /app/stagecraft.yml: merge sources must be maps or map aliases. Correct its aliases.",
      ]
    `);
    expect(found.join()).not.toContain("canary");
  });

  it("names a duplicate key", () => {
    expect(refusal("network:\n  provider: a\n  provider: b\n")).toMatchInlineSnapshot(
      `"invalid config: /app/stagecraft.yml:3:3: duplicate key "provider". Correct the YAML at this place."`,
    );
  });

  it("names the mistakes in the section, and the file", () => {
    expect(refusal("network:\n  provider: headscale\n  provders: {}\n")).toMatchInlineSnapshot(
      `"invalid config: network: unknown key "provders"; did you mean "providers"? Correct /app/stagecraft.yml and run again."`,
    );
    expect(refusal("network:\n")).toMatchInlineSnapshot(
      `"invalid config: network: expected an object, got null. Correct /app/stagecraft.yml and run again."`,
    );
  });

  it("refuses a file that is a list or a text", () => {
    expect([refusal("- network\n"), refusal("network\n")]).toMatchInlineSnapshot(`
      [
        "invalid config: /app/stagecraft.yml: expected named sections, got a list. Give the file a section \`network:\`.",
        "invalid config: /app/stagecraft.yml: expected named sections, got a string. Give the file a section \`network:\`.",
      ]
    `);
  });

  it("refuses what cannot be read as a file", () => {
    mkdirSync(join(folder, "stagecraft.yml"));
    expect(mustRefuse(() => loadNetwork({ folder })).replaceAll(folder, "/app")).toMatchInlineSnapshot(
      `"invalid config: /app/stagecraft.yml: cannot be read (EISDIR). Make it a readable file."`,
    );
  });
});

describe("loadNetwork without configuration", () => {
  it("says what to set and how, with an example to copy", () => {
    expect(mustRefuse(() => loadNetwork({ folder })).replaceAll(folder, "/app")).toMatchInlineSnapshot(`
      "invalid config: the network is not configured: there is no stagecraft.yml in /app, and no key network in the stack configuration. Write into stagecraft.yml:

          network:
            provider: tailscale
            providers:
              tailscale:
                tailnet_domain: mytailnet.ts.net
                auth_key_env: TS_AUTHKEY

      or set the same object in the stack configuration, under the key network."
    `);
  });

  it("gives an example that loads", () => {
    write(NETWORK_EXAMPLE);
    expect(loadNetwork({ folder }).provider).toBe("tailscale");
  });

  it("tells an empty file and a misspelt section apart from a missing file", () => {
    const firstLine = (text: string) => refusal(text).split("\n")[0];
    expect([firstLine(""), firstLine("# nothing\n"), firstLine("netwrok: {}\n")]).toMatchInlineSnapshot(`
      [
        "invalid config: the network is not configured: /app/stagecraft.yml has no section "network", and the stack configuration no key network. Write into /app/stagecraft.yml:",
        "invalid config: the network is not configured: /app/stagecraft.yml has no section "network", and the stack configuration no key network. Write into /app/stagecraft.yml:",
        "invalid config: the network is not configured: /app/stagecraft.yml has no section "network" (is "netwrok" meant to be it?), and the stack configuration no key network. Write into /app/stagecraft.yml:",
      ]
    `);
  });
});

describe("loadNetwork from stack configuration", () => {
  it("works without a file", () => {
    expect(loadNetwork({ folder, stackValue })).toEqual(stackValue);
  });

  it("wins over the file, whole: the file is not even read", () => {
    write("network: [ this is not even YAML");
    expect(loadNetwork({ folder, stackValue })).toEqual(stackValue);
  });

  it("is named in errors", () => {
    expect(
      mustRefuse(() => loadNetwork({ folder, stackValue: { provider: "headscale" } })),
    ).toMatchInlineSnapshot(
      `"invalid config: network.providers: missing, expected an object. Correct the stack configuration and run again."`,
    );
  });
});
