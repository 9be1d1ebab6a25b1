/** Why a daemon does not start: what its service printed on Debian with systemd, and the line of it that says why. */
import { expect, it } from "@jest/globals";
import { installFailed } from "../../../providers/tailnet/install/errors";
import { NOT_STARTED, whyNotStarted } from "../../../providers/tailnet/install/why-not-started";

const BEGINS = `Job for tailscaled.service failed because the control process exited with error code.
See "systemctl status tailscaled.service" and "journalctl -xeu tailscaled.service" for details.
${NOT_STARTED}
tailscaled.service: Failed with result 'exit-code'.
Stopped tailscaled.service - Tailscale node agent.
Starting tailscaled.service - Tailscale node agent...
`;
const USAGE = `Usage of /usr/sbin/tailscaled:
  -bird-socket string
    	path of the bird unix socket
  -encrypt-state
    	this flag is not supported`;
const RUNS = (socket: string) => `TPM: error opening: stat /dev/tpmrm0: no such file or directory
Program starting: v1.102.0, Go 1.26.8: []string{"/usr/sbin/tailscaled", "--socket=/run/tailscale/tailscaled.sock", ${socket}"--port=41641"}
LogID: 42258ffb3a27c37f
logtail: dial "log.tailscale.com:443" failed: dial tcp 127.0.0.1:443: connect: connection refused
bootstrapDNS("derp6.tailscale.com", "68.183.90.120") for "log.tailscale.com" error: network is unreachable`;

it.each([
  [
    "a flag",
    `flag provided but not defined: -nonsense\n${USAGE}`,
    "flag provided but not defined: -nonsense",
  ],
  [
    "an empty PORT",
    `invalid value "" for flag -port: can't be the empty string\n${USAGE}`,
    `invalid value "" for flag -port: can't be the empty string`,
  ],
  [
    "a missing file",
    "tailscaled.service: Failed to load environment files: No such file or directory\ntailscaled.service: Failed to run 'start' task: No such file or directory",
    "tailscaled.service: Failed to load environment files: No such file or directory",
  ],
  [
    "an address, in a log that has its own times, after a daemon that was told to end",
    `2026/11/27 11:52:42 tailscaled got signal terminated; shutting down
2026/11/27 11:52:42 control: authRoutine: exiting
2026/11/27 11:52:42 flushing log.
2026/11/27 11:52:43 You have disabled logging. Tailscale will not be able to provide support.
2026/11/27 11:52:43 SOCKS5 listener: listen tcp: address nonsense: missing port in address`,
    "SOCKS5 listener: listen tcp: address nonsense: missing port in address",
  ],
  ["a panic", `${RUNS("")}\npanic: runtime error\ngoroutine 1 [running]:`, "panic: runtime error"],
  [
    "another socket",
    RUNS('"--socket=/run/other.sock", '),
    "tailscaled listens at /run/other.sock, where no client looks for it (FLAGS in /etc/default/tailscaled)",
  ],
  ["nothing", "tailscaled.service: Scheduled restart job, restart counter is at 5.", "it printed no reason"],
])("is told by the line about %s", (_what, printed, why) => {
  expect(whyNotStarted(BEGINS + printed)).toBe(why);
});

it("is what an installation says whose daemon does not start", () => {
  const output = `E: old news\n${BEGINS}\u001b[31mflag provided but not defined: -nonsense\n${USAGE}`;
  expect(installFailed("web-1", "apt repository", output, { method: "auto" }).message).toMatch(
    /^web-1: install failed: tailscaled could not be started: flag provided but not defined: -nonsense\. /,
  );
});

it("is not asked of output without a daemon", () => {
  expect(whyNotStarted("E: Unable to locate package tailscale")).toBeUndefined();
});
