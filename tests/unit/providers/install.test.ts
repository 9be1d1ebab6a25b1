import { describe, expect, it } from "vitest";
import { createContext, get } from "../../../providers";
import { aptDistribution } from "../../../providers/client/install/apt";
import { fakeSession, type FakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const install = (
  session: FakeSession,
  settings: Record<string, string> = {},
  progress = (_message: string) => undefined as void,
) =>
  get("tailscale").ensureInstalled(createContext(session, { progress }), {
    config: { tailnet_domain: "demo.mesh", install: settings },
    host: "web-1",
  });
const labels = ({ calls }: FakeSession) => calls.map(({ label }) => label);
const bare = (system: string) => probeOutput({ withoutClient: true }).replace("ID=debian", system);

describe("ensureInstalled", () => {
  it("leaves a host alone that has the client, new enough, enabled and running", async () => {
    const session = fakeSession(probeOutput({ version: "1.102.0-123-gabc" }));
    await install(session, { min_version: "1.102.0" });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("installs from the distribution's repository when there is no client", async () => {
    const session = fakeSession(bare("ID=ubuntu"), probeOutput({ run: { code: 0, output: "" } }));
    await install(session);
    expect(session.calls[1]).toMatchObject({
      label: "install",
      args: ["https://pkgs.tailscale.com/stable", "ubuntu", "bookworm"],
    });
  });

  it.each([
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', "ubuntu"],
    ["ID=kali\nID_LIKE=debian", "debian"],
  ])("takes the packages of what %j is like", async (system, distribution) => {
    const session = fakeSession(bare(system), probeOutput({ run: { code: 0, output: "" } }));
    await install(session);
    expect(session.calls[1]!.args[1]).toBe(distribution);
  });

  it("upgrades a client below install.min_version, comparing versions as versions", async () => {
    const session = fakeSession(
      probeOutput({ version: "1.98.1" }),
      probeOutput({ version: "1.102.0", run: { code: 0, output: "" } }),
    );
    await install(session, { min_version: "1.100.0" });
    expect(labels(session)).toEqual(["probe", "install"]);
  });

  it("fails when the repository has nothing new enough", async () => {
    const old = { version: "1.98.1" };
    const session = fakeSession(probeOutput(old), probeOutput({ ...old, run: { code: 0, output: "" } }));
    await expect(install(session, { min_version: "1.200.0" })).rejects.toThrow(
      /install failed: after the installation, the client's version is 1.98.1, below install.min_version 1.200.0/,
    );
  });

  it.each([{ active: "inactive" }, { enabled: "disabled" }])(
    "starts and enables the daemon when it is %o",
    async (daemon) => {
      const session = fakeSession(probeOutput(daemon), probeOutput({ run: { code: 0, output: "" } }));
      await install(session);
      expect(labels(session)).toEqual(["probe", "start-daemon"]);
    },
  );

  it("restarts a daemon that could not open its state, and starts any other", async () => {
    const health = ["state store failed to initialize"];
    const broken = fakeSession(
      probeOutput({ backendState: "NeedsLogin", health }),
      probeOutput({ run: { code: 0, output: "" } }),
    );
    await install(broken);
    expect(broken.calls[1]).toMatchObject({ label: "start-daemon", args: ["restart"] });
    const stopped = fakeSession(
      probeOutput({ active: "inactive" }),
      probeOutput({ run: { code: 0, output: "" } }),
    );
    await install(stopped);
    expect(stopped.calls[1]).toMatchObject({ label: "start-daemon", args: ["start"] });
  });

  it.each([
    [bare("ID=debian"), /the tailscale client is not on PATH, and install.method is skip/],
    [probeOutput({ active: "inactive" }), /tailscaled is not running, and install.method is skip/],
    [
      probeOutput({ version: "1.70.0" }),
      /is 1.70.0, below install.min_version 1.80.0, and install.method is skip/,
    ],
  ])("changes nothing with method skip, and says what is missing (%#)", async (output, message) => {
    const session = fakeSession(output);
    await expect(install(session, { method: "skip", min_version: "1.80.0" })).rejects.toThrow(message);
    expect(labels(session)).toEqual(["probe"]);
  });

  it("refuses a system that it has no way for, and says what to do", async () => {
    const session = fakeSession(bare("ID=nixos").replace("packages=apt\n", ""));
    await expect(install(session)).rejects.toThrow(
      /unsupported os: .*Install tailscale on the host yourself and set install.method to skip/,
    );
  });

  it("shows the package manager's own errors", async () => {
    const output =
      "Reading package lists...\nE: The repository is not signed.\nE: Unable to locate package tailscale";
    const session = fakeSession(
      bare("ID=debian"),
      probeOutput({ withoutClient: true, run: { code: 1, output } }),
    );
    await expect(install(session)).rejects.toThrow(
      /did not install it: E: The repository is not signed.; E: Unable to locate/,
    );
  });
});

it("a system that is like nothing known has no apt distribution", () => {
  expect(aptDistribution({ os: { id: "void", like: [], codename: "", name: "Void" } })).toBeUndefined();
});
