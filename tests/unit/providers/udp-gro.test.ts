/** UDP GRO forwarding of a router: switched on, read back, taken back; what keeps a host from it is said, and fails nothing. */
import { describe, expect, it } from "@jest/globals";
import type { NodeState } from "../../../providers";
import { parseUdpGro } from "../../../providers/tailnet/probe/udp-gro";
import { inspect, join, labels, leave, MACHINE, markOf, OURS, THEIRS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const LAN = "10.9.0.0/24";
const flags = { "advertise-routes": [LAN] };
const declared = { flags, udpGro: true };
const RUN = { run: { code: 0, output: "" } };

/** A router whose routes are forwarded and approved: nothing else is to be said of it. */
const router = (udpGro?: readonly string[], parts: ProbeParts = {}) =>
  probeOutput({
    machine: MACHINE,
    mark: markOf(OURS),
    prefs: { AdvertiseRoutes: [LAN] },
    allowedRoutes: [LAN],
    udpGro,
    ...parts,
  });
const device = (name: string, forwarding: string, list = "off") => [
  `device=${name}`,
  `rx-gro-list: ${list}`,
  `rx-udp-gro-forwarding: ${forwarding}`,
];
/** As a systemd host says it that starts it at boot. */
const host = (...devices: readonly string[]) => [
  "kept=eth0 eth1 ",
  "boot=yes",
  "permitted=yes",
  "tool=yes",
  ...devices,
];
const ON = host(...device("eth0", "on"));

/** What an update and a refresh say of it, and what they cost. */
async function told(udpGro: readonly string[], parts: ProbeParts = {}) {
  const joined = await join([router(udpGro, parts), router(udpGro, parts)], declared);
  expect(joined.error).toBeUndefined();
  const refreshed = await inspect([router(udpGro, parts)], undefined, declared);
  expect(labels(refreshed.session)).toEqual(["probe"]);
  const { drift, warnings } = refreshed.result as NodeState;
  expect((joined.result as NodeState).warnings).toEqual(warnings);
  return { drift, warnings, execs: labels(joined.session), said: joined.warnings };
}

const LEFT = "UDP GRO forwarding is seen to, though it is not declared";
const RIGHT = { drift: [], warnings: [], execs: ["probe"], said: [] };

describe("UDP GRO forwarding of a router", () => {
  it("is switched on with one exec, before the routes are offered", async () => {
    const before = router(undefined, { prefs: { AdvertiseRoutes: null } });
    const { error, warnings, session } = await join(
      [before, router(ON, { ...RUN, prefs: { AdvertiseRoutes: null } }), router(ON, RUN)],
      declared,
    );
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(labels(session)).toEqual(["probe", "udp-gro", "change"]);
  });

  it("costs nothing more once it is on, and nothing where nobody asks for it", async () => {
    expect(await told(ON)).toEqual(RIGHT);
    const { session } = await join([router()], { flags });
    expect(labels(session)).toEqual(["probe"]);
    const refreshed = await inspect([router()], undefined, { flags });
    expect(refreshed.result).toMatchObject({ drift: [], warnings: [] });
  });

  it.each<[string, readonly string[], string[]]>([
    ["that it is off", host(...device("eth0", "off")), ["UDP GRO forwarding is off on eth0"]],
    [
      "that what goes before it is on, on the device of the other family",
      host(...device("eth0", "on"), ...device("eth1", "on", "on")),
      ["eth1 has rx-gro-list on, which goes before UDP GRO forwarding"],
    ],
    [
      "that no boot switches it on",
      ON.filter((line) => line !== "boot=yes"),
      ["UDP GRO forwarding is on, but not after the next boot"],
    ],
    [
      "that a boot would not do so for the device that the default route has by now",
      host(...device("ens5", "on")),
      ["UDP GRO forwarding is on, but not after the next boot"],
    ],
  ])("is mended, and a refresh says %s", async (_what, lines, drift) => {
    const refreshed = await inspect([router(lines)], undefined, declared);
    expect(refreshed.result).toMatchObject({ drift, warnings: [] });
    const { session, warnings } = await join([router(lines), router(ON, RUN)], declared);
    expect(labels(session)).toEqual(["probe", "udp-gro"]);
    expect(warnings).toEqual([]);
  });

  it("of which nothing is left on the host is drift, though it may be on", async () => {
    const { result } = await inspect([router()], undefined, declared);
    expect(result?.drift).toEqual(["nothing on the host sees to UDP GRO forwarding (udpGro)"]);
  });

  it("that stays off for a reason that nobody knows is a warning with what was printed, and no error", async () => {
    const off = host(...device("eth0", "off"));
    const output = "netlink error: \u001b[31mno such luck";
    const { error, warnings } = await join(
      [router(off), router(off, { run: { code: 0, output } })],
      declared,
    );
    expect(error).toBeUndefined();
    expect(warnings).toEqual([
      "web-1: UDP GRO forwarding is off on eth0: it could not be switched on (netlink error: no such luck). The host routes all the same.",
    ]);
  });

  it("is looked at once more after a script that did not look, as one that waits for the daemon just after its start", async () => {
    const off = router(host(...device("eth0", "off")));
    const outputs = [router(ON, { backendState: "NoState" }), router([])];
    const refreshed = await inspect([...outputs, off], undefined, declared);
    expect(labels(refreshed.session)).toEqual(["probe", "await-daemon", "probe"]);
    expect(refreshed.result?.drift).toEqual(["UDP GRO forwarding is off on eth0"]);
    const { session, result } = await join([...outputs, off, router(ON, RUN)], declared);
    expect(labels(session)).toEqual(["probe", "await-daemon", "probe", "udp-gro"]);
    expect(result).toMatchObject({ warnings: [] });
    const undeclared = await inspect(outputs, undefined, { flags });
    expect(labels(undeclared.session)).toEqual(["probe", "await-daemon"]);
    expect(undeclared.result?.drift).toEqual([LEFT]);
  });

  it("that cannot be is said though later scripts do not look", async () => {
    const none = ["kept=", "permitted=yes"];
    const before = router(none, { mark: "" });
    const { session, result } = await join([before, router([])], declared);
    expect(labels(session)).toEqual(["probe", "mark"]);
    expect(result).toMatchObject({ warnings: [expect.stringContaining("no ethtool")] });
  });

  it("whose script breaks off is a warning, and the run goes on", async () => {
    const { error, warnings, session } = await join([router(), "", router(ON)], declared);
    expect(error).toBeUndefined();
    expect(warnings[0]).toMatch(
      /^web-1: UDP GRO forwarding could not be seen to: the udp-gro step ended early/,
    );
    expect(labels(session)).toEqual(["probe", "udp-gro", "probe"]);
  });
});

describe("what keeps a host from it is a warning, said in a refresh, too, and tried no more", () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      "a host without ethtool, whose package it names",
      ["kept=", "permitted=yes"],
      /the host has no ethtool\. Install the package ethtool there \(`apt-get install ethtool`\), then run `pulumi up --refresh`\.$/,
    ],
    [
      "a kernel that has no such feature",
      host("device=eth0", "rx-gro-list: off"),
      /^UDP GRO forwarding cannot be switched on for eth0 \(udpGro\): the kernel of the host has no such thing/,
    ],
    [
      "a device of which ethtool tells nothing",
      host("device=eth0", "untold=yes"),
      /for eth0 .*: ethtool does not tell its features\.$/,
    ],
    [
      "a driver that keeps it off",
      host(...device("eth0", "off [fixed]")),
      /for eth0 .*: its driver keeps it off/,
    ],
    [
      "a driver that did not take it",
      host(...device("eth0", "off [requested on]")),
      /for eth0 .*: its driver did not take it/,
    ],
    [
      "a driver that keeps on what goes before it",
      host(...device("eth0", "on", "on [fixed]")),
      /for eth0 .*: its driver keeps rx-gro-list on/,
    ],
    [
      "a container that may not change its devices",
      host(...device("eth0", "off")).filter((line) => line !== "permitted=yes"),
      /^UDP GRO forwarding is off on eth0 and cannot be switched on from here.*`--cap-add NET_ADMIN`/,
    ],
    ["a host without a default route", host(), /no device of the host has a default route/],
    [
      "a host on which nothing starts at boot",
      ON.map((line) => (line.startsWith("kept=") ? "kept=eth0 unkept " : line)).filter(
        (line) => line !== "boot=yes",
      ),
      /^UDP GRO forwarding is on until the next boot: /,
    ],
  ])("%s", async (_what, lines, warning) => {
    expect(await told(lines)).toEqual({ ...RIGHT, warnings: [expect.stringMatching(warning)] });
  });

  it("userspace networking, for which it does nothing", async () => {
    const { session, result } = await join([router(undefined, { tunDevice: false })], declared);
    expect(labels(session)).toEqual(["probe"]);
    expect((result as NodeState).warnings).toEqual([
      expect.stringMatching(/^udpGro does nothing for a host whose tailscaled has no network device/),
    ]);
  });

  it("and one device of two, while the other is mended", async () => {
    const lines = host(...device("eth0", "off"), ...device("eth1", "off [fixed]"));
    const { result } = await inspect([router(lines)], undefined, declared);
    expect(result).toMatchObject({
      drift: ["UDP GRO forwarding is off on eth0"],
      warnings: [expect.stringContaining("for eth1")],
    });
  });

  it("with the name of a device cleaned: it is somebody else's text", async () => {
    const { warnings } = await told(host(...device("\u001b[2Jeth0", "off [fixed]")));
    expect(warnings).toEqual([expect.stringContaining("for eth0 (udpGro)")]);
  });
});

describe("UDP GRO forwarding is taken back", () => {
  it.each([
    ["when it is declared no more", { flags }],
    ["when it is declared not to be", { flags, udpGro: false }],
    ["with the last route", { former: { flags } }],
  ])("%s", async (_what, wishes) => {
    const withdrawn = router(ON, { ...RUN, prefs: { AdvertiseRoutes: null } });
    const outputs = "former" in wishes ? [router(ON), withdrawn] : [router(ON)];
    const { error, warnings, session } = await join([...outputs, router(undefined, RUN)], wishes);
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(labels(session).at(-1)).toBe("udp-gro");
  });

  it("or is drift as long as it is there, so that a run that broke off is gone on with", async () => {
    const { result } = await inspect([router(ON)], undefined, { flags });
    expect(result?.drift).toEqual([LEFT]);
    const { session, warnings } = await join([router(ON), "", router(ON)], { flags });
    expect(labels(session)).toEqual(["probe", "udp-gro", "probe"]);
    expect(warnings).toEqual([expect.stringContaining("could not be seen to")]);
  });

  it("from a host that is given back to the declaration it was taken over from", async () => {
    const mark = markOf(OURS, "02:00:00:00:00:01", THEIRS);
    const { session } = await leave([router(ON, { mark }), router(ON, RUN), router(undefined, RUN)]);
    expect(labels(session)).toEqual(["probe", "mark", "udp-gro"]);
  });

  it("and what could not be put back is said", async () => {
    const output = "ethtool: not found\nleft eth0\nleft eth1";
    const { warnings } = await join([router(ON), router(undefined, { run: { code: 0, output } })], { flags });
    expect(warnings).toEqual([
      "web-1: UDP GRO forwarding stays as it is on eth0, eth1 until the next boot, for it could not be put back",
    ]);
  });

  it("when the host leaves, also where nothing else is left of a join", async () => {
    const bare = { backendState: "NeedsLogin", mark: "" };
    const { session } = await leave([router(ON, bare), router(undefined, { ...bare, ...RUN })]);
    expect(labels(session)).toEqual(["probe", "logout"]);
  });
});

it("is nothing for a host that is in another network: nothing is changed there", async () => {
  const elsewhere = router(undefined, { mark: "", prefs: { ControlURL: "https://other.example.com" } });
  const { error, session } = await join([elsewhere], declared);
  expect(error).toMatchObject({ kind: "wrong-tailnet" });
  expect(labels(session)).toEqual(["probe"]);
});

it("is refused before anything is done for a host that routes nothing", async () => {
  const { error, session } = await join([], { udpGro: true, flags: { "advertise-routes": [] } });
  expect(error).toMatchObject({ kind: "invalid-config" });
  expect(String(error)).toContain("udpGro: is for a host that routes: declare advertise-routes");
  expect(labels(session)).toEqual([]);
});

describe("what a probe says of it", () => {
  it("is nothing where nobody looked", () => {
    expect(parseUdpGro(undefined)).toBeUndefined();
  });

  it("is read as ethtool prints it, and what is none of it is no feature", () => {
    expect(
      parseUdpGro(
        host(...device("eth0", "on", "off [fixed]"), "rx-gro: on", "device=wan.7", "Cannot get").join("\n"),
      ),
    ).toEqual({
      tool: true,
      permitted: true,
      atBoot: "yes",
      devices: [
        {
          name: "eth0",
          kept: true,
          forwarding: { on: true },
          list: { on: false, stuck: "fixed" },
          untold: false,
        },
        { name: "wan.7", kept: false, untold: false },
      ],
    });
    expect(parseUdpGro("kept=")).toEqual({ tool: false, permitted: false, atBoot: "no", devices: [] });
  });
});
