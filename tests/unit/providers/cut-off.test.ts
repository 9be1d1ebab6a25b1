/** Clients that have a login and do not reach their control server since their daemon started. */
import { describe, expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { fakeSession, type FakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const HEALTH =
  'You are logged out. The last login error was: fetch control key: Get "https://headscale.demo.lab/key?v=142": dial tcp 10.0.0.1:443: connect: connection refused';
const config = {
  login_server: "https://headscale.demo.lab",
  tailnet_domain: "demo.mesh",
  auth_key_env: "HS_AUTHKEY",
};
const options = { config, host: "web-1", tags: ["tag:web"] };
const provider = get("headscale");
const CONTROL_SERVER =
  /^web-1: control server: the host cannot reach the control server \(You are logged out\./;

/** Probed twice: a daemon without a state is given time. */
function cutOffSession(parts: ProbeParts = {}, ...more: readonly string[]): FakeSession {
  const output = probeOutput({ backendState: "NoState", haveNodeKey: true, health: [HEALTH], ...parts });
  return fakeSession(output, output, ...more);
}
const labels = ({ calls }: FakeSession) => calls.map(({ label }) => label);

describe("a client that is cut off from its control server", () => {
  it("is no host to log in: no key is asked for, and nothing is changed", async () => {
    const session = cutOffSession();
    await expect(provider.ensureJoined(createContext(session, { env: {} }), options)).rejects.toThrow(
      CONTROL_SERVER,
    );
    expect(labels(session)).toEqual(["probe", "await-daemon"]);
  });

  it("is not taken for one that has left", async () => {
    const ctx = createContext(cutOffSession(), { env: {} });
    await expect(provider.inspect!(ctx, options)).rejects.toThrow(CONTROL_SERVER);
  });

  it("is logged out when it shall leave: it would be back with its login", async () => {
    const session = cutOffSession({}, probeOutput({ backendState: "NeedsLogin", haveNodeKey: true }));
    const report = await provider.ensureLeft!(createContext(session, { env: {} }), {
      ...options,
      recorded: { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" },
    });
    expect(labels(session)).toEqual(["probe", "await-daemon", "logout"]);
    expect(report.outcome).toBe("logged-out");
    expect(report.staysBehind).toMatch(/the node 7 is logged out, but stays listed/);
  });
});

describe("a client without a state", () => {
  it.each<[string, ProbeParts]>([
    ["and without a login", { haveNodeKey: false }],
    ["of another control server", { prefs: { ControlURL: "https://elsewhere.example.com" } }],
    ["that complains of something else", { health: ["Tailscale is starting. Please wait."] }],
  ])("%s is logged in as any other", async (_, parts) => {
    const session = cutOffSession(parts);
    await expect(provider.ensureJoined(createContext(session, { env: {} }), options)).rejects.toThrow(
      /^web-1: key missing: /,
    );
  });
});
