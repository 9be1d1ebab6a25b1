/** Flags that a newer client knows: read back where it tells its settings, and what goes against another part of a declaration. */
import { describe, expect, it } from "@jest/globals";
import { get } from "../../../providers";
import { findFailures } from "../../../mesh/check";
import { flagMistakes } from "../../../providers/tailnet/settings/flags";
import { inspect, join, labels, MACHINE, markOf, OURS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const probe = (parts: ProbeParts) => probeOutput({ machine: MACHINE, mark: markOf(OURS), ...parts });
const extraFlags = { "newer-port": 4000, "newer-list": "b:1,a:1", "newer-switch": true };
const settings = { "newer-port": "4000", "newer-list": "a:1,b:1", "newer-switch": true };
const former = { extraFlags };

describe("extra flags of a client that tells its settings", () => {
  it("are not set again when it has them, whoever set them", async () => {
    expect(labels((await join([probe({ settings })], { extraFlags })).session)).toEqual(["probe"]);
  });

  it("are set again when somebody changed them, and are drift", async () => {
    const changed = probe({ settings: { ...settings, "newer-port": "5000" } });
    const { session } = await join([changed, probe({ settings, run: { code: 0, output: "" } })], {
      extraFlags,
      former,
    });
    expect(session.calls[1]!.args).toEqual(["", "set", "--newer-port=4000"]);
    expect((await inspect([changed], undefined, { extraFlags })).result).toMatchObject({
      extraFlags: { ...extraFlags, "newer-port": "5000" },
    });
    expect((await inspect([probe({ settings })], undefined, { extraFlags })).result).toMatchObject({
      extraFlags,
    });
  });

  it("and that it does not tell are set when they change", async () => {
    const told = probe({ settings: {} });
    const { session } = await join([told, probe({ run: { code: 0, output: "" } })], { extraFlags });
    expect(session.calls[1]!.args).toHaveLength(5);
    expect(labels((await join([told], { extraFlags, former })).session)).toEqual(["probe"]);
  });
});

it("output that is no settings at all, as an older client's, is none", async () => {
  const older = probe({}).replace("#:machine", "#:settings\nunknown subcommand: get\n#:machine");
  expect(labels((await join([older], { extraFlags, former })).session)).toEqual(["probe"]);
});

describe("the newest settings", () => {
  it("take what the client takes", () => {
    expect(
      flagMistakes({
        "auto-update": false,
        "relay-server-port": 40000,
        "relay-server-static-endpoints": ["192.0.2.1:40000", "[2001:db8::1]:40000"],
        "update-check": true,
      }),
    ).toEqual([]);
    expect(flagMistakes({ "relay-server-port": "", "relay-server-static-endpoints": [] })).toEqual([]);
    expect(
      flagMistakes({ "relay-server-port": 70_000, "relay-server-static-endpoints": ["gate:1"] }),
    ).toEqual([
      "flags.relay-server-port: must be a port",
      'flags.relay-server-static-endpoints: must be a list as ["192.0.2.1:40000"]',
    ]);
  });

  it("are read back: a host that has them costs one command", async () => {
    const flags = { "relay-server-port": 40000, "auto-update": true, "update-check": false };
    const prefs = { RelayServerPort: 40000, AutoUpdate: { Check: false, Apply: true } };
    expect(labels((await join([probe({ prefs })], { flags })).session)).toEqual(["probe"]);
  });
});

describe("a client that updates itself, beside a version that it shall have", () => {
  const block = { login_server: "https://h.example.com", tailnet_domain: "demo.mesh" };
  const inputs = (install: object) => ({
    name: "web-1",
    provider: "headscale",
    config: { ...block, install },
    connection: { host: "192.0.2.1" },
    flags: { "auto-update": true },
  });

  it("is an error at preview", async () => {
    expect(await findFailures(inputs({ version: "1.98.1" }))).toEqual([
      {
        property: "flags",
        reason: expect.stringMatching(/^flags\.auto-update: goes against install\.version 1\.98\.1/),
      },
    ]);
  });

  it("goes with a lowest version, and with none", async () => {
    expect(await findFailures(inputs({ min_version: "1.98.1" }))).toEqual([]);
    expect(get("headscale").checkFlags!({ "auto-update": true }, {}, undefined)).toEqual([]);
  });
});
