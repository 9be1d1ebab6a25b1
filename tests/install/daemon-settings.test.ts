/** What tailscaled is started with, declared: each init system hands it over, also at boot, and has what others wrote when it goes. */
import { describe, expect, it } from "@jest/globals";
import { installAndJoin } from "./support/client";
import { TestHost } from "./support/host";
import { target, type Init } from "./support/targets";

const USER = "admin";
const DAEMON = { port: 41777, flags: { verbose: 1 }, env: { TS_DEBUG_MTU: 1300 } };
/** Of somebody else; ours come after it. */
const THEIRS = "--no-logs-no-support";
const TARGETS = (["debian", "sysvinit", "openrc", "runit", "bare"] as const).map((image) => target(image));

const start = (host: TestHost, daemon: object | undefined) => installAndJoin(host, USER, {}, { daemon });
const commandLine = (host: TestHost) => host.must("tr '\\0' ' ' </proc/$(pgrep -ox tailscaled)/cmdline");
const environment = (host: TestHost) => host.must("tr '\\0' '\\n' </proc/$(pgrep -ox tailscaled)/environ");
const nodeKey = (host: TestHost) => host.must("tailscale status --json --peers=false | grep -m1 PublicKey");
/** The files by which services are started. */
const files = (host: TestHost) =>
  host.must(
    "find /etc/default /etc/conf.d /etc/init.d /etc/sv /etc/systemd /opt/tailscale/run /var/lib/pulumi-mesh -type f ! -path '*/supervise/*' -exec cksum {} + 2>/dev/null | sort -k3",
  );

/** Without an init system the next run starts it. */
async function boot(host: TestHost): Promise<void> {
  await host.reboot();
  if (host.target.init === ("none" satisfies Init)) await start(host, DAEMON);
  expect(await host.awaitDaemon(60)).toBe("Running");
}

async function mustBeStartedSo(host: TestHost): Promise<void> {
  expect(await commandLine(host)).toMatch(/--port=41777 .*--no-logs-no-support --verbose=1\b/);
  expect(await environment(host)).toContain("TS_DEBUG_MTU=1300");
}

async function mustBeTaken(host: TestHost): Promise<void> {
  const before = await files(host);
  const key = await nodeKey(host);
  expect((await start(host, DAEMON)).execs).toEqual(["probe", "daemon"]);
  await mustBeStartedSo(host);
  expect((await start(host, DAEMON)).execs).toEqual(["probe"]);

  await boot(host);
  await mustBeStartedSo(host);
  expect((await start(host, DAEMON)).execs).toEqual(["probe"]);

  const refused = start(host, { ...DAEMON, flags: { "socks5-server": "nonsense" } });
  await expect(refused).rejects.toThrow(
    /runs with the former settings again: it printed: SOCKS5 listener: .*missing port in address/,
  );
  await mustBeStartedSo(host);

  expect((await start(host, undefined)).execs).toEqual(["probe", "daemon"]);
  expect(await commandLine(host)).toMatch(/--port=41641 .*--no-logs-no-support *$/);
  expect(await environment(host)).not.toContain("TS_DEBUG_MTU");
  expect(await files(host)).toBe(before);
  expect(await nodeKey(host)).toBe(key);
}

describe.each(TARGETS)("$title", (image) => {
  it("starts tailscaled as declared, also at boot, and as before when that goes", async () => {
    const host = await TestHost.of(image);
    await host.reset();
    await start(host, undefined);
    await host.must(`sed -i 's/^FLAGS=.*/FLAGS="${THEIRS}"/' /etc/default/tailscaled`);
    await start(host, { port: 41776 });
    await start(host, undefined);
    await mustBeTaken(host);
  });
});

/** As Alpine's package has it. */
const ALPINE = `
rc-service tailscaled stop; rc-update del tailscaled default; rm /etc/init.d/tailscaled /etc/default/tailscaled; mkdir -p /etc/conf.d
cat >/etc/init.d/tailscale <<'END'
#!/sbin/openrc-run
supervisor=supervise-daemon
name=tailscaled
command=$(command -v tailscaled)
command_args="--state=/var/lib/tailscale/tailscaled.state --port=\${PORT} --socket=/var/run/tailscale/tailscaled.sock \${TAILSCALED_OPTS}"
output_log=/var/log/tailscaled.log
error_log=/var/log/tailscaled.log
pidfile=/run/tailscaled.pid
respawn_delay=5
respawn_max=0
depend() { need net; }
start_pre() { mkdir -p /var/run/tailscale; }
END
chmod 755 /etc/init.d/tailscale
printf 'PORT="41641"\\nTAILSCALED_OPTS="${THEIRS}"\\n' >/etc/conf.d/tailscale
rc-update add tailscale default; rc-service tailscale start`;

it("OpenRC, with a service that reads /etc/conf.d, as Alpine's: in one line of ours there", async () => {
  const host = await TestHost.of(target("openrc"));
  await host.reset();
  await start(host, undefined);
  await host.must(ALPINE);
  expect(await host.awaitDaemon(20)).toBe("Running");
  await mustBeTaken(host);
});

it("a service of a kind that nobody here knows is left as it is, with a word", async () => {
  const host = await TestHost.of(target("sysvinit"));
  await host.reset();
  await start(host, undefined);
  await host.must("sed -i '/pulumi-mesh made this/d' /etc/init.d/tailscaled");
  await expect(start(host, DAEMON)).rejects.toThrow(/nobody here knows how its service could be told/);
  expect(await commandLine(host)).toContain("--port=41641");
});
