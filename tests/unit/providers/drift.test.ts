/** What a refresh says of a node that is not as configured. */
import { describe, expect, it } from "@jest/globals";
import { createContext, get, type EnsureJoinedOptions } from "../../../providers";
import { fakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };

async function driftOf(parts: ProbeParts, options: Partial<EnsureJoinedOptions> = {}, install: object = {}) {
  const ctx = createContext(fakeSession(probeOutput(parts)), { env: {} });
  const wanted = { config: { ...config, install }, host: "web-1", tags: [], ...options };
  return (await get("headscale").inspect!(ctx, wanted))?.drift;
}

describe("drift", () => {
  it("is nothing on a node that is as it has to be", async () => {
    expect(await driftOf({})).toEqual([]);
  });

  it("is another name that the control server gave, unless that is accepted", async () => {
    const renamed = { dnsName: "renamed.demo.mesh." };
    expect(await driftOf(renamed)).toEqual(["expected the FQDN web-1.demo.mesh, found renamed.demo.mesh"]);
    expect(await driftOf(renamed, { onNameConflict: "accept" })).toEqual([]);
  });

  it("is another network, and then not its name there", async () => {
    const elsewhere = { prefs: { ControlURL: "https://other.example" }, dnsName: "web-1.other.net." };
    expect(await driftOf(elsewhere)).toEqual([
      "expected login server https://headscale.demo.lab, found https://other.example",
    ]);
  });

  it("is a client below the minimum, a daemon that does not start at boot, and a node that is down", async () => {
    expect(await driftOf({ version: "1.90.0" }, {}, { min_version: "1.98.0" })).toEqual([
      "the client's version is 1.90.0, below install.min_version 1.98.0",
    ]);
    expect(await driftOf({ enabled: "disabled" })).toEqual(["tailscaled is not enabled at boot"]);
    expect(await driftOf({ backendState: "Stopped" })).toEqual(["the node is down (tailscale down)"]);
  });
});
