import { describe, expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { ARCHIVE_KEY } from "../../../providers/tailnet/install/archive-key";
import { fakeSession, type FakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

interface Told {
  readonly progress: string[];
  readonly warnings: string[];
}

const install = (
  session: FakeSession,
  settings: Record<string, string> = {},
  { progress, warnings }: Told = { progress: [], warnings: [] },
) =>
  get("tailscale").ensureInstalled(
    createContext(session, {
      progress: (message) => void progress.push(message),
      warn: (message) => void warnings.push(message),
    }),
    { config: { tailnet_domain: "demo.mesh", install: settings }, host: "web-1" },
  );
const labels = ({ calls }: FakeSession) => calls.map(({ label }) => label);
const bare = (parts: ProbeParts = {}) => probeOutput({ ...parts, withoutClient: true });
const done = (parts: ProbeParts = {}) => probeOutput({ run: { code: 0, output: "" }, ...parts });

describe("ensureInstalled", () => {
  it("leaves a host alone that has the client, new enough, enabled and running", async () => {
    const session = fakeSession(probeOutput({ version: "1.102.0-123-gabc" }));
    await install(session, { min_version: "1.102.0" });
    expect(labels(session)).toEqual(["probe"]);
  });

  it.each<Record<string, string>>([{}, { method: "skip" }, { method: "tarball" }])(
    "names a snap, and installs no second client beside it, with %j",
    async (settings) => {
      const snap = bare({ facts: { snap: "/snap/bin/tailscale" } });
      const onPath = probeOutput({ active: "inactive", facts: { snap: "/snap/bin/tailscale" } });
      for (const output of [snap, onPath]) {
        const session = fakeSession(output);
        await expect(install(session, settings)).rejects.toMatchObject({
          kind: "unsupported-os",
          message: expect.stringMatching(/is a snap \(\/snap\/bin\/tailscale.*Remove it on the host/),
        });
        expect(labels(session)).toEqual(["probe"]);
      }
    },
  );

  it("goes on with a client that is well, though a snap is there, too", async () => {
    const session = fakeSession(probeOutput({ facts: { snap: "/snap/bin/tailscale" } }));
    await install(session);
    expect(labels(session)).toEqual(["probe"]);
  });

  it("installs from the distribution's repository, with the pinned key, and says so", async () => {
    const session = fakeSession(bare(), done());
    const told: Told = { progress: [], warnings: [] };
    await install(session, {}, told);
    expect(session.calls[1]).toMatchObject({
      label: "install",
      args: [
        "https://pkgs.tailscale.com/stable/debian",
        "bookworm",
        "",
        ARCHIVE_KEY,
        "",
        "/usr/share/keyrings/tailscale-archive-keyring.gpg",
      ],
    });
    expect(told).toEqual({ progress: ["installing from the apt repository (Debian 12)"], warnings: [] });
  });

  it("takes track, version, mirror and key from the configuration", async () => {
    const session = fakeSession(bare(), done({ version: "1.98.1" }));
    const repository_key = ARCHIVE_KEY.replace("mQINBF5UmbgBEADA", "mQINBF5UmbgBEADB");
    const settings = { track: "unstable", version: "1.98.1", repository: "https://pkgs.example.com/" };
    await install(session, { ...settings, repository_key });
    expect(session.calls[1]!.args).toEqual([
      "https://pkgs.example.com/unstable/debian",
      "bookworm",
      "1.98.1",
      repository_key,
      "",
      "/usr/share/keyrings/tailscale-mirror-keyring.gpg",
    ]);
  });

  it.each([
    ["upgrades", { min_version: "1.100.0" }, "1.98.1"],
    ["upgrades", { version: "1.102.0" }, "1.98.1"],
    ["downgrades", { version: "1.102.0" }, "1.104.0"],
  ])(
    "%s for %j what has the version %s, comparing versions as versions",
    async (_what, settings, version) => {
      const session = fakeSession(probeOutput({ version }), done());
      await install(session, settings);
      expect(labels(session)).toEqual(["probe", "install"]);
    },
  );

  it.each([
    [
      "what is there",
      {},
      { version: "1.98.1", facts: { package: "deb", broken: "half-configured" } },
      "1.98.1",
    ],
    ["min_version, above what is there", { min_version: "1.100.0" }, { version: "1.98.1" }, "1.100.0"],
    [
      "what is there, above min_version",
      { min_version: "1.100.0" },
      { version: "1.103.7", facts: { package: "deb", broken: "half-configured" } },
      "1.103.7",
    ],
    ["nothing, of a version that is asked for", { version: "1.98.1" }, { version: "1.102.0" }, ""],
  ])("takes no version below %s", async (_what, settings, parts, floor) => {
    const session = fakeSession(
      probeOutput(parts),
      done({ version: "version" in settings ? settings.version : "1.104.0" }),
    );
    await install(session, settings);
    expect(session.calls[1]!.args[4]).toBe(floor);
  });

  it("fails when the repository has nothing new enough", async () => {
    const old = { version: "1.98.1" };
    const session = fakeSession(probeOutput(old), done(old));
    await expect(install(session, { min_version: "1.200.0" })).rejects.toThrow(
      /install failed: after the installation, the client's version is 1.98.1, below install.min_version 1.200.0.*correct install.version, install.min_version and install.track/,
    );
  });

  it.each([{ active: "inactive" }, { enabled: "disabled" }])(
    "starts and enables the daemon when it is %o",
    async (daemon) => {
      const session = fakeSession(probeOutput(daemon), done());
      await install(session);
      expect(labels(session)).toEqual(["probe", "start-daemon"]);
    },
  );

  it("restarts a daemon that could not open its state, and starts any other", async () => {
    const health = ["state store failed to initialize"];
    const broken = fakeSession(probeOutput({ backendState: "NeedsLogin", health }), done());
    await install(broken);
    expect(broken.calls[1]).toMatchObject({ label: "start-daemon", args: ["restart"] });
    const stopped = fakeSession(probeOutput({ active: "inactive" }), done());
    await install(stopped);
    expect(stopped.calls[1]).toMatchObject({ label: "start-daemon", args: ["start"] });
  });

  it.each([
    [bare(), /the tailscale client is not on PATH, and install.method is skip/],
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

  it("installs anew a client that does not run, as after a cut installation", async () => {
    const session = fakeSession(probeOutput({ version: "" }), done());
    await install(session);
    expect(labels(session)).toEqual(["probe", "install"]);
  });

  it("checks an exact version with method skip", async () => {
    const session = fakeSession(probeOutput());
    await expect(install(session, { method: "skip", version: "1.98.1" })).rejects.toThrow(
      /is 1.102.0, install.version is 1.98.1, and install.method is skip/,
    );
  });

  it("warns of userspace networking, and of a daemon that nothing starts at boot", async () => {
    const after = done({ facts: { init: "none", tun: "" } }).replace(
      '"BackendState"',
      '"TUN": false, "BackendState"',
    );
    const told: Told = { progress: [], warnings: [] };
    await install(fakeSession(bare({ facts: { init: "none", tun: "" } }), after), {}, told);
    expect(told.warnings).toEqual([
      expect.stringMatching(/^web-1: tailscaled runs, supervised, but nothing starts it at boot/),
      expect.stringMatching(/^web-1: the host has no network device .*, so userspace networking is used/),
    ]);
  });
});

describe("repair", () => {
  it("installs anew what an interrupted package manager left, though it runs", async () => {
    const session = fakeSession(
      probeOutput({ facts: { package: "deb", broken: "half-configured" } }),
      done({ facts: { package: "deb" } }),
    );
    await install(session);
    expect(labels(session)).toEqual(["probe", "install"]);
  });

  it("installs anew a client whose daemon is gone from the disk", async () => {
    const facts = { package: "apk", managers: "apk", broken: "without tailscaled" };
    const os = 'ID=alpine\nVERSION_ID="3.20.3"';
    const session = fakeSession(probeOutput({ os, active: "", facts }), done());
    await install(session);
    expect(labels(session)).toEqual(["probe", "install"]);
  });

  it("has our own tarball's link make way for the package that it hides", async () => {
    const hidden = { package: "deb", linked: "/usr/local/bin/tailscale" };
    const session = fakeSession(probeOutput({ facts: hidden }), done({ facts: { package: "deb" } }));
    await install(session);
    expect(labels(session)).toEqual(["probe", "install"]);
  });

  it("refuses to touch somebody's binary that hides the package, and names it", async () => {
    const facts = { package: "deb", foreign: "/usr/local/bin/tailscale" };
    const session = fakeSession(probeOutput({ facts }));
    await expect(install(session)).rejects.toThrow(
      /install failed: \/usr\/local\/bin\/tailscale is in the way.*Remove it from the host/,
    );
    expect(labels(session)).toEqual(["probe"]);
  });

  it("leaves a client of unknown origin alone that is as it should be", async () => {
    const session = fakeSession(probeOutput({ facts: { foreign: "/usr/local/bin/tailscale" } }));
    await install(session);
    expect(labels(session)).toEqual(["probe"]);
  });
});
