/** A host that is dialled at its address in the mesh before its connection: two real SSH servers at one port of two addresses. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import type { NetworkInterfaceInfo } from "node:os";
import { afterEach, describe, expect, it } from "@jest/globals";
import { MeshError } from "../../../errors";
import type { ConnectOptions, SshConnection } from "../../../transport";
import type { Opened } from "../../../transport/reconnect";
import type { DialOptions } from "../../../transport/retry";
import { isTailnetAddress, ownTailnetAddress } from "../../../transport/tailnet";
import { openEitherWay } from "../../../transport/ways";
import { makeHome } from "./support/home";
import { makeKey } from "./support/keys";
import { TestServer, type ServerOptions } from "./support/server";
import { mustFail, open } from "./support/session";

let next = 1;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A host with its connection, and with what answers at its address in the mesh: one of its own for each test. */
async function makeHost(inMesh: ServerOptions | undefined, byConnection: ServerOptions = {}) {
  const connected = await TestServer.start(byConnection);
  const meshAddress = `127.0.1.${next++}`;
  const mesh = inMesh && (await TestServer.start({ ...inMesh, address: meshAddress, port: connected.port }));
  opened.push(connected, ...(mesh === undefined ? [] : [mesh]));
  const pinnedHostKey = connected.hostKeys[0]!.public;
  const dial = async (options: Partial<ConnectOptions> = {}, more: Partial<SshConnection> = {}) => {
    const session = await open(
      { ...connected.connection(), ...more },
      { meshAddress, pinnedHostKey, ...options },
    );
    opened.push(session);
    return session;
  };
  const accepted = () => ({ mesh: mesh?.accepted ?? 0, connection: connected.accepted });
  return { connected, mesh, meshAddress, pinnedHostKey, dial, accepted };
}

describe("a host in the mesh", () => {
  it("is reached there, with the key that was pinned, and its connection is not dialled", async () => {
    const host = await makeHost({});
    const session = await host.dial();
    expect(session.hostKey).toBe(host.pinnedHostKey);
    expect((await session.exec(["echo", "hello"], { label: "hello" })).stdout).toBe("hello\n");
    expect(host.accepted()).toEqual({ mesh: 1, connection: 0 });
  });

  it("is reached there without the jump host of its connection", async () => {
    const host = await makeHost({});
    const jump = await TestServer.start();
    opened.push(jump);
    await host.dial({}, { proxy: jump.connection() });
    expect(jump.accepted).toBe(0);
    expect(host.accepted()).toEqual({ mesh: 1, connection: 0 });
  });

  it.each([
    ["nobody answers there", undefined],
    ["the login is refused there", { password: "another way in" }],
  ])("is reached by its connection when %s; that comes first from then on", async (_when, inMesh) => {
    const host = await makeHost(inMesh);
    const steps: string[] = [];
    await host.dial({ progress: (step) => steps.push(step) });
    expect(steps[0]).toBe("connecting over the mesh");
    expect(steps[1]).toMatch(/^not reached by its address in the mesh: /);
    expect(steps[2]).toBe("connecting");
    const before = host.accepted();
    await host.dial();
    expect(host.accepted()).toEqual({ ...before, connection: 2 });
  });

  it("is reached again the other way when the one that worked is gone", async () => {
    const host = await makeHost({});
    const session = await host.dial();
    await host.mesh![Symbol.asyncDispose]();
    await session.reconnect();
    expect((await session.exec(["echo", "hello"], { label: "hello" })).stdout).toBe("hello\n");
    expect(host.accepted()).toEqual({ mesh: 1, connection: 1 });
  });

  it("that came up there while its connection was dialled in vain is found", async () => {
    const tried: string[] = [];
    const session = { host: "web-1" } as Opened;
    const dial = (_connection: SshConnection, { at = "connection" }: DialOptions) => {
      tried.push(at);
      if (tried.length === 3) return Promise.resolve(session);
      return Promise.reject(
        new MeshError({ kind: "host-unreachable", message: "no answer", remedy: "Wait." }),
      );
    };
    expect(await openEitherWay({ host: "203.0.113.7" }, "127.0.2.1", { host: "web-1" }, dial)).toEqual({
      ...session,
      meshAddress: "127.0.2.1",
    });
    expect(tried).toEqual(["127.0.2.1", "connection", "127.0.2.1"]);
  });
});

const SSH = spawnSync("sh", ["-c", "command -v ssh"]).stdout.toString().trim();
const CLIENTS = SSH !== "" ? (["ssh2", "openssh"] as const) : (["ssh2"] as const);

describe.each(CLIENTS)("with %s the key that is shown in the mesh", (client) => {
  const other = makeKey();
  /** A home in which `NAME` is the connection's name in known_hosts. */
  const knowing = async (inMesh: ServerOptions, knownHosts: string, pinned?: string) => {
    const host = await makeHost(inMesh);
    const home = makeHome();
    opened.push({ [Symbol.asyncDispose]: () => Promise.resolve(home[Symbol.dispose]()) });
    home.write(".ssh/config", "");
    home.program("ssh", `exec ${SSH} -F "$HOME/.ssh/config" "$@"`);
    const { privateKey } = host.connected.connection();
    const privateKeyPath = home.write(".ssh/id", privateKey!);
    chmodSync(privateKeyPath, 0o600);
    const known = home.write("known", knownHosts.replaceAll("NAME", `[127.0.0.1]:${host.connected.port}`));
    const env = { ...home.env, TMPDIR: home.path };
    const options = { pinnedHostKey: pinned, knownHostsFiles: [known], env };
    const work = host.dial(options, { client, privateKey: undefined, privateKeyPath });
    return { ...host, work };
  };

  it("may be one that known_hosts has for the connection's host", async () => {
    const { work, accepted } = await knowing({ hostKeys: [other] }, `NAME ${other.public}\n`);
    expect((await work).hostKey).toBe(other.public);
    expect(accepted()).toEqual({ mesh: 1, connection: 0 });
  });

  it("may be the one that was pinned", async () => {
    const { work, accepted } = await knowing({ hostKeys: [other] }, "", other.public);
    expect((await work).hostKey).toBe(other.public);
    expect(accepted()).toEqual({ mesh: 1, connection: 0 });
  });

  it("and is another one ends it: somebody else has the address, and the connection is not dialled", async () => {
    const { work, accepted, meshAddress } = await knowing({ hostKeys: [other] }, "", makeKey().public);
    const error = await mustFail(work);
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toContain(
      `at ${meshAddress}, its address in the mesh: the key pinned on first contact is`,
    );
    expect(error.remedy).toContain('set the host\'s reach to "connection" and run `pulumi up`');
    expect(accepted()).toEqual({ mesh: 1, connection: 0 });
  });

  it("and that nothing names is refused: the mesh is no place for a first contact", async () => {
    const { work, accepted } = await knowing({}, "");
    expect((await mustFail(work)).kind).toBe("host-key-mismatch");
    expect(accepted()).toEqual({ mesh: 1, connection: 0 });
  });
});

describe("an error of both ways", () => {
  const connection = { host: "203.0.113.7" };
  const failing = (byConnection: MeshError["kind"], inMesh: MeshError["kind"] = "host-unreachable") =>
    mustFail(
      openEitherWay(connection, "100.64.0.5", { host: "web-1" }, (_connection, { at }) => {
        const [kind, message] = at === undefined ? [byConnection, "refused"] : [inMesh, "no answer"];
        return Promise.reject(new MeshError({ kind, host: "web-1", message, remedy: `Mend ${kind}.` }));
      }),
    );

  it("names both, and whether this machine is in a tailnet", async () => {
    const own = ownTailnetAddress();
    const { kind, detail } = await failing("host-unreachable");
    expect(kind).toBe("host-unreachable");
    expect(detail).toBe(
      "reached neither way: 100.64.0.5 in the mesh (no answer); 203.0.113.7, its connection (refused); " +
        (own === undefined
          ? "this machine has no address in a tailnet"
          : `this machine is in a tailnet, as ${own}`),
    );
  });

  it.each([
    ["the connection", "authentication-failed", "host-unreachable"],
    ["the mesh", "host-unreachable", "authentication-failed"],
  ] as const)("is a refused login when %s refuses it", async (_way, byConnection, inMesh) => {
    expect(await failing(byConnection, inMesh)).toMatchObject({
      kind: "authentication-failed",
      remedy: "Mend authentication-failed.",
    });
  });

  it("is none when the connection shows another key: that is said alone", async () => {
    expect((await failing("host-key-mismatch")).message).toBe(
      "web-1: host key mismatch: refused. Mend host-key-mismatch.",
    );
  });
});

describe("whether this machine is in a tailnet", () => {
  const device = (address: string) => ({ address }) as NetworkInterfaceInfo;

  it("is told by its addresses", () => {
    const others = {
      lo: [device("127.0.0.1"), device("::1")],
      eth0: [device("192.0.2.1"), device("fe80::1")],
    };
    expect(ownTailnetAddress(others)).toBeUndefined();
    expect(ownTailnetAddress({ ...others, tailscale0: [device("100.64.0.2")] })).toBe("100.64.0.2");
    expect(ownTailnetAddress({ ...others, utun3: [device("fd7a:115c:a1e0::2")] })).toBe("fd7a:115c:a1e0::2");
  });

  it("is no matter of names, nor of neighbouring ranges", () => {
    expect(
      ["web-1", "", "100.63.255.255", "100.128.0.1", "fd7a:115c:a1e1::1"].filter(isTailnetAddress),
    ).toEqual([]);
  });
});
