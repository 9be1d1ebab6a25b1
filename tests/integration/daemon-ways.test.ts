/** What tailscaled is started with, in all its ways: set, read back from the process, mended, taken back; and never at the price of the node. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { DAEMON_FLAGS } from "../../providers/tailnet/daemon/known-flags";
import { eventually } from "../support/eventually";
import { keyedStack } from "./support/keyed-stack";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { roundTrips, type Stack } from "./support/stack";
import { DROP_INS, SETTINGS_FILE, tailscaledOn } from "./support/tailscaled";

let lab: Lab;
let stack: Stack;

const DAEMON = {
  port: 41777,
  flags: { verbose: 1 },
  env: { TS_DEBUG_MTU: 1300, TS_TEST_WORDS: 'two "words" of $HOME' },
};
/** Written by somebody else, and shadowed by nothing. */
const THEIRS = "--no-logs-no-support";
const { sh, commandLine, environment, pid, listens, files } = tailscaledOn(() => lab, "host-1");
const node = async () => (await listNodes(lab)).filter(({ name }) => name === "web");

function declare(daemon: object | undefined, settings: object = {}): Stack {
  const connection = connectionTo(lab, "host-1");
  return stack.configure({ hosts: { web: { connection, tags: ["tag:app"], daemon, ...settings } } });
}

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

describe("what tailscaled is started with", () => {
  let joined: readonly object[];

  it("is set before a new host logs in", async () => {
    const run = await declare({ port: 41776 }).mustUp();
    expect(roundTrips(run, "web").execs.slice(0, 4)).toEqual(["probe", "install", "daemon", "login"]);
    expect(await commandLine()).toContain("--port=41776");
    joined = (await node()).map(({ id }) => ({ id }));
    expect(joined).toHaveLength(1);
  });

  it("takes the flags that tailscaled itself lists", async () => {
    const help = await sh("tailscaled --help 2>&1; true");
    const listed = [...help.matchAll(/^ +--?([a-z][a-z0-9-]*)/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(Object.keys(DAEMON_FLAGS).sort());
  });

  it("is changed with one exec more, beside what others wrote, and the node stays", async () => {
    await sh(`sed -i 's/^FLAGS=.*/FLAGS="${THEIRS}"/' /etc/default/tailscaled`);
    const theirs = await sh("cat /etc/default/tailscaled");
    const run = await declare(DAEMON).mustUp();
    expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "daemon"] });
    expect(run.output).not.toMatch(/warning/i);
    expect(await commandLine()).toMatch(/--port=41777 --no-logs-no-support --verbose=1 ?$/);
    expect((await environment()).split("\n")).toEqual(
      expect.arrayContaining(["TS_DEBUG_MTU=1300", 'TS_TEST_WORDS=two "words" of $HOME']),
    );
    expect(await listens(41777)).toContain("tailscaled");
    expect(await sh("cat /etc/default/tailscaled")).toBe(theirs);
    expect(await node()).toMatchObject(joined);
    expect(await files()).toBe(`${SETTINGS_FILE}\n${DROP_INS}/zz-pulumi-mesh.conf`);
  });

  it("costs one connection and one exec when all is as declared", async () => {
    const before = await pid();
    expect((await stack.mustUp()).trace).toEqual([]);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toMatch(/Resources:\n {4}3 unchanged/);
    expect(roundTrips(refreshed, "web")).toEqual({ connections: 1, execs: ["probe"] });
    expect(await pid()).toBe(before);
  });

  it.each([
    [
      "a line of ours that somebody changed",
      `sed -i s/41777/41888/ ${SETTINGS_FILE}`,
      "started with the port 41888",
    ],
    [
      "a daemon that was started without it",
      `mv ${DROP_INS} /root/kept; systemctl daemon-reload; systemctl restart tailscaled; mv /root/kept ${DROP_INS}`,
      "the tailscaled that runs has another TS_DEBUG_MTU in its environment",
    ],
    [
      "a drop-in that is gone",
      `rm -r ${DROP_INS}; systemctl daemon-reload`,
      "nothing has the service of tailscaled read",
    ],
    [
      "flags of others that ours hide",
      `sed -i 's/^FLAGS=.*/FLAGS="${THEIRS} --bird-socket="/' /etc/default/tailscaled`,
      "the flags that others have tailscaled started with have changed",
    ],
    ["a file of ours that is gone", `rm ${SETTINGS_FILE}`, "is not started with what is declared for it"],
  ])("%s is drift, and mended", async (_what, damage, said) => {
    await sh(damage);
    expect((await stack.refresh("--diff")).output).toContain(said);
    const run = await stack.mustUp();
    expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "daemon"] });
    expect(await commandLine()).toContain("--port=41777 --no-logs-no-support");
    expect((await stack.refresh("--diff")).output).toMatch(/Resources:\n {4}3 unchanged/);
  });

  it("comes through an upgrade of the package", async () => {
    await sh("dpkg-reconfigure tailscale 2>&1; apt-get -q -y install --reinstall tailscale 2>&1");
    await eventually(async () => expect(await commandLine()).toContain("--port=41777"), { timeout: 20_000 });
    expect(await environment()).toContain("TS_DEBUG_MTU=1300");
  });

  it.each([
    [
      "a port that is taken",
      { ...DAEMON, port: 41999 },
      /does not listen at its port 41999.*address already in use/s,
    ],
    [
      "a value that tailscaled does not take",
      { ...DAEMON, flags: { "socks5-server": "nonsense" } },
      /it printed: SOCKS5 listener: .*missing port in address/,
    ],
  ])("%s: the former settings are back, the error says why, the node stays", async (_what, daemon, said) => {
    await sh(
      "systemctl is-active -q taker || systemd-run -q --unit=taker python3 -c 'import socket,time; s=socket.socket(type=socket.SOCK_DGRAM); s.bind((\"\",41999)); time.sleep(9999)'",
    );
    const run = await declare(daemon).up();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("runs with the former settings again");
    expect(run.output).toMatch(said);
    expect(await commandLine()).toMatch(/--port=41777 .*--verbose=1/);
    expect(await files()).toBe(`${SETTINGS_FILE}\n${DROP_INS}/zz-pulumi-mesh.conf`);
    await eventually(async () => expect(await node()).toMatchObject([{ ...joined[0], online: true }]), {
      timeout: 20_000,
    });
    await declare(DAEMON).mustUp();
  });

  it("that is wrong by itself is an error at preview", async () => {
    const run = await declare({
      port: 70_000,
      flags: { statedir: "/tmp", verbos: 2 },
      env: { TS_AUTHKEY: "tskey-auth-canary", PORT: 1 },
    }).preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("daemon.port");
    expect(run.output).toMatch(/daemon\.env\.TS_AUTHKEY: looks like a secret/);
    expect(run.output).not.toContain("canary");
    const next = await declare({ flags: { statedir: "/tmp", verbos: 2 }, env: { PORT: 1 } }).preview();
    expect(next.output).toMatch(/daemon\.flags\.statedir: says where the login is kept/);
    expect(next.output).toMatch(/daemon\.flags\.verbos: .* did you mean "verbose"/);
    expect(next.output).toMatch(/daemon\.env\.PORT: is the setting/);
    expect([...run.trace, ...next.trace]).toEqual([]);
  });

  it("over a connection through the mesh is kept after a second connection has proved it", async () => {
    await declare(DAEMON).mustUp();
    const jump = await keyedStack(lab);
    jump.configure({ hosts: { jump: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] } } });
    await jump.mustUp();
    const address = await onHost(lab, "host-1", "tailscale", "ip", "-4");
    const connection = {
      ...connectionTo(lab, "host-1", "admin"),
      ...{ host: address, proxy: connectionTo(lab, "host-2"), dialErrorLimit: 1 },
    };
    await declare(DAEMON, { connection }).mustUp();
    const kept = await declare({ ...DAEMON, port: 41778 }, { connection }).mustUp();
    expect(roundTrips(kept, "web").execs).toEqual(expect.arrayContaining(["probe", "daemon", "confirm"]));
    expect(await commandLine()).toContain("--port=41778");
    // A daemon whose node comes up, and that nobody gets through to: its sshd is not behind its network device any more.
    const cutting = { ...DAEMON, port: 41778, flags: { verbose: 1, tun: "userspace-networking" } };
    await sh("iptables -I INPUT -i lo -p tcp --dport 22 -j REJECT");
    const cut = await declare(cutting, { connection }).up();
    await sh("iptables -D INPUT -i lo -p tcp --dport 22 -j REJECT");
    expect(cut.code).not.toBe(0);
    expect(cut.output).toContain("has restored its former settings");
    expect(await commandLine()).toMatch(/--port=41778 .*--verbose=1 ?$/);
    expect(await files()).toBe(`${SETTINGS_FILE}\n${DROP_INS}/zz-pulumi-mesh.conf`);
    await declare(DAEMON).mustUp();
    await jump.destroy();
    await jump[Symbol.asyncDispose]();
  });

  it("that is declared no more is taken back, and what others wrote is in force again", async () => {
    const run = await declare(undefined).mustUp();
    expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "daemon"] });
    expect(await commandLine()).toMatch(/--port=41641 --no-logs-no-support --bird-socket= ?$/);
    expect(await environment()).not.toContain("TS_DEBUG_MTU");
    expect(await files()).toBe("");
    expect(await node()).toMatchObject(joined);
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it.each(["remove", "uninstall"])("ends with a destroy: %s", async (onDestroy) => {
    await declare(DAEMON, { onDestroy }).mustUp();
    expect(await files()).toContain(SETTINGS_FILE);
    expect((await stack.destroy()).code).toBe(0);
    expect(await files()).toBe("");
    if (onDestroy === "remove") expect(await commandLine()).toContain("--port=41641");
    else
      expect(
        await sh("ls -d /etc/systemd/system/tailscaled* /etc/default/tailscaled* 2>/dev/null; true"),
      ).toBe("");
  });
});
