/** What a user hears of a node that is joined and not well: MagicDNS, tailnet lock, what the client itself warns of. */
import { describe, expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { printedWarnings } from "../../../providers/tailnet/network/warnings";
import { fakeSession } from "./fake-session";
import { probeOutput, type ProbeParts } from "./probe-output";

const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
const wishes = { config, host: "web-1", tags: [] };
const context = (parts: ProbeParts) => createContext(fakeSession(probeOutput(parts)), { env: {} });
const join = async (parts: ProbeParts) => (await get("headscale").ensureJoined(context(parts), wishes))!;
const inspect = (parts: ProbeParts) => get("headscale").inspect!(context(parts), wishes);

const LOCKED_OUT =
  "this node is locked out; it will not have connectivity until it is signed. For more info, see https://tailscale.com/s/locked-out";
const FORWARDING =
  "Subnet routing is enabled, but IPv6 forwarding is disabled. See https://tailscale.com/s/ip-forwarding";

it("a node that is well has no warnings", async () => {
  expect(await join({})).toMatchObject({ warnings: [] });
  expect(await inspect({})).toMatchObject({ drift: [], warnings: [] });
});

describe("a tailnet without MagicDNS", () => {
  const warnings = [expect.stringMatching(/^MagicDNS is off in this tailnet.*web-1\.demo\.mesh does not/)];

  it("is said in an up and in a refresh", async () => {
    expect(await join({ magicDNS: false })).toMatchObject({ warnings });
    expect(await inspect({ magicDNS: false })).toMatchObject({ warnings });
  });
});

describe("a node that is locked out", () => {
  const parts = { health: [LOCKED_OUT], nodeKey: "nodekey:ab12" };

  it("is not joined: an error that names the command which signs it", async () => {
    const error: unknown = await join(parts).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "locked-out", host: "web-1" });
    expect(String(error)).toContain("`tailscale lock sign nodekey:ab12`");
  });

  it("keeps its login after a join, since the next one would need another signature", async () => {
    const joined = probeOutput({ ...parts, run: { code: 0, output: "" } });
    const session = fakeSession(probeOutput({ backendState: "NeedsLogin" }), joined);
    const ctx = createContext(session, { env: { KEY: "hskey-auth-canary" } });
    const error: unknown = await get("headscale")
      .ensureJoined(ctx, { ...wishes, config: { ...config, auth_key_env: "KEY" } })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "locked-out" });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe", "login"]);
  });

  it("is drift", async () => {
    expect(await inspect(parts)).toMatchObject({
      drift: ["the tailnet is locked, and nobody has signed the node (tailscale lock sign nodekey:ab12)"],
    });
  });

  it("has no command that a host could have made up", async () => {
    const error: unknown = await join({ ...parts, nodeKey: "nodekey:$(reboot)" }).catch(String);
    expect(error).toContain("`tailscale lock sign nodekey:...`");
  });
});

describe("what the client warns of", () => {
  it("is said in an up, cleaned", async () => {
    const parts = { health: [`\u001b[31m${FORWARDING}`] };
    expect(await join(parts)).toMatchObject({ warnings: [`the client warns: ${FORWARDING}`] });
  });

  it("and does not pass by itself is said in a refresh, too, where it is drift when it is new", async () => {
    expect(await inspect({ health: [FORWARDING] })).toMatchObject({
      warnings: [`the client warns: ${FORWARDING}`],
    });
    expect(
      await inspect({ health: ["Some peers are advertising routes but --accept-routes is false"] }),
    ).toMatchObject({ warnings: [] });
  });

  it("is not said of a flag that was chosen", async () => {
    const parts = { health: ["Some peers are advertising routes but --accept-routes is false"] };
    expect(await join(parts)).toMatchObject({
      warnings: [expect.stringContaining("--accept-routes is false")],
    });
    const chosen = { ...wishes, flags: { "accept-routes": false } };
    expect(await get("headscale").ensureJoined(context(parts), chosen)).toMatchObject({ warnings: [] });
  });

  it("is not said to a router of another one's route that it offers, too; of any other it is", async () => {
    const flags = { "advertise-routes": ["10.9.0.0/24"] };
    const routerBeside = (...servedByOthers: string[]) => {
      const health = ["Some peers are advertising routes but --accept-routes is false"];
      const prefs = { AdvertiseRoutes: flags["advertise-routes"] };
      const ctx = context({ health, prefs, servedByOthers, forwarding: { writable: "yes", file: "yes" } });
      return get("headscale").ensureJoined(ctx, { ...wishes, flags });
    };
    expect(await routerBeside("10.9.0.0/24")).toMatchObject({ warnings: [] });
    expect(await routerBeside("10.9.0.0/24", "10.77.0.0/16")).toMatchObject({
      warnings: [expect.stringContaining("--accept-routes is false")],
    });
  });

  it("is said when a setting prints it, with what follows it; what we see to ourselves is not", async () => {
    const output = [
      "Warning: --snat-subnet-routes=false is set with --advertise-exit-node;",
      "internet traffic may not work",
      "Warning: IPv6 forwarding is disabled.",
      "Warning: couldn't check system's UDP GRO forwarding configuration, no such device",
    ].join("\n");
    const warnings: string[] = [];
    const set = probeOutput({ prefs: { NoSNAT: true }, run: { code: 0, output } });
    const ctx = createContext(fakeSession(probeOutput({}), set), {
      env: {},
      warn: (text) => void warnings.push(text),
    });
    await get("headscale").ensureJoined(ctx, { ...wishes, flags: { "snat-subnet-routes": false } });
    expect(warnings).toEqual([
      "web-1: the client warns: --snat-subnet-routes=false is set with --advertise-exit-node;; internet traffic may not work",
    ]);
  });

  it.each([
    "Tailscale is starting. Please wait.",
    "Tailscale could not connect to the 'Test' relay server. Your Internet connection might be down.",
    "Tailscale hasn't received a network map from the coordination server in 2m5s.",
  ])("is not said where it passes by itself, or was chosen: %s", async (text) => {
    expect(await join({ health: [text] })).toMatchObject({ warnings: [] });
  });
});

describe("what a command of the client warns of", () => {
  const SAID =
    "Warning: UDP GRO forwarding is suboptimally configured on eth0.\nSee https://tailscale.com/s/ethtool-config-udp-gro\n";
  const before = { prefs: { CorpDNS: true } };
  const flags = { "accept-dns": false };

  it("is said when it did what it was asked, as when a network card is not tuned", async () => {
    const after = probeOutput({ prefs: { CorpDNS: false }, run: { code: 0, output: SAID } });
    const warnings: string[] = [];
    const session = fakeSession(probeOutput(before), after);
    const ctx = createContext(session, { env: {}, warn: (message) => void warnings.push(message) });
    await get("headscale").ensureJoined(ctx, { ...wishes, flags });
    expect(session.calls.map(({ label }) => label)).toEqual(["probe", "change"]);
    expect(warnings).toEqual([
      "web-1: the client warns: UDP GRO forwarding is suboptimally configured on eth0.; See https://tailscale.com/s/ethtool-config-udp-gro",
    ]);
  });

  it("is told from what else is printed", () => {
    expect(printedWarnings("some text\n\nWarning: one\nmore of it\nwarning: two\n\nSuccess.\n")).toEqual([
      "the client warns: one; more of it",
      "the client warns: two",
    ]);
    expect(printedWarnings("no warning at all")).toEqual([]);
  });
});
