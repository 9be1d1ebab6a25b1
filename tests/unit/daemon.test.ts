/** What a host can declare to have tailscaled started with, and what is said of what it cannot. */
import { describe, expect, it } from "@jest/globals";
import { toStartedWith, type DaemonSettings } from "../../daemon";
import { daemonSchema } from "../../daemon-schema";
import { daemonMistakes } from "../../providers/tailnet/daemon/declared";
import { UNKNOWN, validate, type ValidationIssue } from "../../validation";

const told = (issues: readonly ValidationIssue[]) =>
  issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
const mistakes = (value: unknown) => {
  const result = validate(daemonSchema, value);
  return result.ok ? [] : told(result.issues);
};
const ofTailscaled = (value: DaemonSettings) => told(daemonMistakes(value));

describe("what tailscaled is started with", () => {
  it.each<[DaemonSettings]>([
    [{}],
    [{ port: 0 }],
    [{ port: 65535, flags: { "no-logs-no-support": true, verbose: 2, "socks5-server": "[::1]:1055" } }],
    [
      {
        env: {
          TS_DEBUG_MTU: 1350,
          TS_NO_LOGS_NO_SUPPORT: true,
          HTTPS_PROXY: "http://proxy:3128",
          no_proxy: "",
        },
      },
    ],
    [{ env: { TS_DEBUG_FIREWALL_MODE: "auto", TS_TEST_WORDS: 'two "words" of $HOME' } }],
  ])("may be %j", (given) => {
    expect(mistakes(given)).toEqual([]);
    expect(ofTailscaled(given)).toEqual([]);
  });

  it.each([
    ["a port beyond the last", { port: 65_536 }, "port: "],
    ["a port below 0", { port: -1 }, "port: "],
    ["another key", { ports: 1 }, ': unknown key "ports"'],
    [
      "a flag with dashes",
      { flags: { "--verbose": 1 } },
      "flags.--verbose: is written without leading dashes",
    ],
    ["a flag of two words", { flags: { debug: "a b" } }, "flags.debug: must be one word"],
    ["a flag that a shell reads", { flags: { debug: "$(id)" } }, "flags.debug: must be one word"],
    ["a variable's name", { env: { "A-B": 1 } }, "env.A-B: is no variable's name"],
    ["a name that is a shell's own", { env: { command: "x" } }, "env.command: is no variable's name"],
    ["two lines", { env: { TS_X: "a\nB=c" } }, "env.TS_X: must be one line"],
    ["an auth key", { env: { TS_AUTHKEY: "tskey-auth-canary" } }, "env.TS_AUTHKEY: looks like a secret"],
    ["an auth key", { env: { TS_AUTH_KEY: "tskey-auth-canary" } }, "env.TS_AUTH_KEY: looks like a secret"],
    ["a client secret", { env: { TS_CLIENT_SECRET: "canary" } }, "env.TS_CLIENT_SECRET: looks like a secret"],
    [
      "a password",
      { env: { HTTPS_PROXY: "http://me:canary@proxy" } },
      "env.HTTPS_PROXY: must hold no password",
    ],
  ])("is not %s", (_what, given, message) => {
    const said = mistakes(given);
    expect(said).toEqual([expect.stringContaining(message)]);
    expect(said.join()).not.toContain("canary");
  });

  it.each<[string, DaemonSettings, string]>([
    [
      "a flag that nobody knows",
      { flags: { nonsense: 1 } },
      "flags.nonsense: is no flag of tailscaled that is known here",
    ],
    [
      "a misspelt flag",
      { flags: { verbos: 1 } },
      'flags.verbos: is no flag of tailscaled; did you mean "verbose"?',
    ],
    ["a flag of another type", { flags: { verbose: "very" } }, "flags.verbose: expected a number"],
    ["where the login is", { flags: { state: "/tmp/x" } }, "flags.state: says where the login is kept"],
    [
      "where it is found",
      { flags: { socket: "/tmp/x" } },
      "flags.socket: says where clients find tailscaled",
    ],
    [
      "how the login is kept",
      { flags: { "encrypt-state": true } },
      "flags.encrypt-state: changes how the login is kept",
    ],
    ["the port twice", { port: 1, flags: { port: 1 } }, "flags.port: is the setting `port` beside `flags`"],
    ["the port in the environment", { env: { PORT: 1 } }, "env.PORT: is the setting `port` beside `env`"],
    [
      "the flags in the environment",
      { env: { FLAGS: "-x" } },
      "env.FLAGS: is the setting `flags` beside `env`",
    ],
  ])("is not %s", (_what, given, message) => {
    expect(ofTailscaled(given)).toEqual([expect.stringContaining(message)]);
  });

  it("may not be known yet", () => {
    expect(mistakes({ port: UNKNOWN, env: { TS_X: UNKNOWN } })).toEqual([]);
    expect(ofTailscaled({ flags: { verbose: UNKNOWN } })).toEqual([]);
  });

  it("has one form, whatever the order", () => {
    expect(toStartedWith({ port: 0, flags: { verbose: 1, debug: ":1" }, env: { A: true } })).toEqual({
      port: "0",
      flags: ["--debug=:1", "--verbose=1"],
      env: { A: "true" },
    });
    expect(toStartedWith({ flags: {}, env: {} })).toBeUndefined();
    expect(toStartedWith(undefined)).toBeUndefined();
  });
});
