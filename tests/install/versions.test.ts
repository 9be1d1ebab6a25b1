/** Which version is on the host afterwards: no older one and no newer one than was asked for. */
import { expect } from "@jest/globals";
import { install, type Settings } from "./support/client";
import { mustRest, NEWEST, OLD } from "./support/expect";
import { cell } from "./support/record";
import { target } from "./support/targets";
import { installByHand } from "./support/ways";

const USER = "admin";

interface Case {
  readonly before: typeof NEWEST | typeof OLD | "fresh";
  readonly settings: Settings;
  readonly after: typeof NEWEST | typeof OLD;
  readonly outcome: string;
}

const CASES: readonly Case[] = [
  { before: OLD, settings: { min_version: "1.100.0" }, after: NEWEST, outcome: "upgraded" },
  { before: OLD, settings: { min_version: "1.90.0" }, after: OLD, outcome: "left alone" },
  { before: OLD, settings: { version: NEWEST }, after: NEWEST, outcome: "upgraded" },
  { before: NEWEST, settings: { version: OLD }, after: OLD, outcome: "downgraded, as asked" },
  { before: NEWEST, settings: { min_version: "1.100.0" }, after: NEWEST, outcome: "left alone" },
  { before: "fresh", settings: { version: OLD }, after: OLD, outcome: "exactly that one" },
];

const describe = (settings: Settings) =>
  Object.entries(settings)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(", ");

/** Files that name the official repository: a second one makes the package manager complain, or take the wrong one. */
const REPOSITORIES =
  "grep -rl pkgs.tailscale.com /etc/apt/sources.list.d /etc/yum.repos.d /etc/zypp/repos.d | sort";

for (const image of ["debian", "fedora", "opensuse"] as const) {
  for (const { before, settings, after, outcome } of CASES) {
    const row = {
      group: "Versions",
      target: target(image),
      before: before === "fresh" ? before : `${before} from the repository, by hand`,
      settings: describe(settings),
      user: USER,
      outcome,
    } as const;
    cell(row, async (host) => {
      if (before !== "fresh") await installByHand(host, before);
      const pass = await install(host, USER, settings);
      expect(await host.version()).toBe(after);
      if (before === after) expect(pass.execs).toEqual(["probe"]);
      expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
      expect((await host.try(REPOSITORIES)).stdout.trim().split("\n")).toHaveLength(1);
      await mustRest(host, USER, settings);
      return pass;
    });
  }
}

for (const [settings, after] of [
  [{ method: "tarball", version: NEWEST }, NEWEST],
  [{ method: "tarball", min_version: "1.100.0" }, NEWEST],
] as const) {
  const row = {
    group: "Versions",
    target: target("debian"),
    before: `tarball of ${OLD}`,
    settings: describe(settings),
    user: USER,
    outcome: "upgraded in its place",
  } as const;
  cell(row, async (host) => {
    await install(host, USER, { method: "tarball", version: OLD });
    expect(await host.version()).toBe(OLD);
    const pass = await install(host, USER, settings);
    expect(await host.version()).toBe(after);
    expect(await host.must("ls -d /opt/tailscale/[0-9]*")).toBe(`/opt/tailscale/${after}`);
    await mustRest(host, USER, settings);
    return pass;
  });
}

for (const image of ["debian", "fedora", "opensuse"] as const) {
  const row = {
    group: "Versions",
    target: target(image),
    before: "fresh",
    settings: "track: unstable",
    user: USER,
    outcome: "from the unstable repository",
  } as const;
  cell(row, async (host) => {
    const asked = host.requests().length;
    const pass = await install(host, USER, { track: "unstable" });
    const paths = host.requests().slice(asked);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !path.startsWith("/unstable/"))).toEqual([]);
    await mustRest(host, USER, { track: "unstable" });
    return pass;
  });
}
