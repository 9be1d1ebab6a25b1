/** The form of `verify`: what a host may wait for, and where all hosts wait for the same. */
import { describe, expect, it } from "@jest/globals";
import { withDefaults } from "../../config/defaults";
import { parseHosts } from "../../mesh/configuration";
import { mustBeHost, mustBeMesh } from "../../mesh/mistakes";
import { findFailures } from "../../mesh/check";
import { register } from "../../providers";

const network = { provider: "tailscale", providers: { tailscale: { tailnet_domain: "demo.ts.net" } } };
const mesh = (hosts: object, defaults?: object) => () => {
  mustBeMesh({ network, hosts, defaults });
};
const host = (verify: unknown) => mesh({ "web-1": { verify } });

describe("what a host waits for", () => {
  it("is peers by name, FQDN or address, a port and a deadline", () => {
    const peers = ["db-1", "DB-1", "db-1.demo.ts.net", "100.64.0.7", "fd7a:115c:a1e0::7"];
    expect(host({ peers, port: 5432, deadline: 120 })).not.toThrow();
    const verify = { peers: ["db-1"], port: 5432 };
    expect(parseHosts({ "web-1": { verify } })["web-1"]?.verify).toEqual(verify);
  });

  it.each<[unknown, RegExp]>([
    [{}, /hosts\.web-1\.verify\.peers: /],
    [{ peers: [] }, /verify\.peers: names no peer/],
    [{ peers: Array.from({ length: 17 }, (_, i) => `db-${i}`) }, /verify\.peers: names more than 16 peers/],
    [{ peers: ["--help"] }, /peers\[0\]: must be a node's name, its FQDN or its address in the mesh/],
    [{ peers: ["db-1; reboot"] }, /peers\[0\]: must be a node's name/],
    [{ peers: ["db-1"], port: 0 }, /verify\.port: /],
    [{ peers: ["db-1"], deadline: 0 }, /verify\.deadline: /],
    [{ peers: ["db-1"], timeout: 5 }, /verify: unknown key "timeout"/],
    [{ peers: ["db-1", "web-1"] }, /hosts\.web-1\.verify\.peers\[1\]: is the host itself/],
  ])("is an error at %j", (verify, message) => {
    expect(host(verify)).toThrow(message);
  });

  it("is an error on a host of its own that names itself, and in check by its FQDN, too", async () => {
    const verify = { peers: ["Web-1", "web-1.demo.ts.net"] };
    expect(() => {
      mustBeHost("web-1", { network, verify });
    }).toThrow(/verify\.peers\[0\]: is the host itself/);
    const { provider, providers } = network;
    const news = { name: "web-1", fqdn: "web-1.demo.ts.net", provider, config: providers.tailscale };
    expect((await findFailures({ ...news, connection: { host: "a" }, verify })).map((f) => f.reason)).toEqual(
      [
        expect.stringContaining("verify.peers[0]: is the host itself"),
        expect.stringContaining("verify.peers[1]: is the host itself"),
      ],
    );
  });

  it("is an error with a network provider that verifies nothing", async () => {
    const nothing = () => Promise.resolve();
    register({ id: "blind", ensureInstalled: nothing, ensureJoined: nothing, nodeFQDN: (name) => name });
    const verify = { peers: ["db-1"] };
    expect(() => {
      mustBeMesh({
        network: { provider: "blind", providers: { blind: {} } },
        hosts: { "web-1": { verify } },
      });
    }).toThrow(/hosts\.web-1\.verify: the network provider blind verifies no peers; leave it out/);
    const news = { name: "web-1", provider: "blind", config: {}, connection: { host: "a" }, verify };
    expect(await findFailures(news)).toEqual([
      { property: "verify", reason: "verify: the network provider blind verifies no peers; leave it out" },
    ]);
  });
});

describe("what all hosts wait for", () => {
  const ofAll = { verify: { peers: ["db-1", "db-2"], port: 5432 } };
  const verifyOf = (name: string, own: Record<string, unknown> = {}) =>
    withDefaults(name, ofAll, own)["verify"];

  it("leaves the host itself out", () => {
    expect(verifyOf("web-1")).toEqual({ peers: ["db-1", "db-2"], port: 5432 });
    expect(verifyOf("db-1")).toEqual({ peers: ["db-2"], port: 5432 });
    expect(withDefaults("db-1", { verify: { peers: ["db-1"] } }, {})["verify"]).toBeUndefined();
    expect(mesh({ "db-1": {}, "web-1": {} }, { verify: { peers: ["db-1"] } })).not.toThrow();
  });

  it("is replaced by what a host waits for itself", () => {
    expect(verifyOf("web-1", { verify: { peers: ["cache-1"] } })).toEqual({ peers: ["cache-1"] });
  });
});
