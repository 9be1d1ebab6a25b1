import { describe, expect, it } from "@jest/globals";
import type { ConnectOptions } from "../../../transport";
import { formatHostKey } from "../../../transport/ssh/host-key";
import { makeHome } from "./support/home";
import { fingerprint, makeEcdsaKey, makeKey } from "./support/keys";
import { TestServer, userKey } from "./support/server";
import { mustFail, open } from "./support/session";

const ed25519 = makeKey();
const ecdsa = makeEcdsaKey();
const other = makeKey();

interface Known extends Partial<ConnectOptions> {
  readonly hostKey?: string;
  /** Content of a known_hosts file; `NAME` stands for the host. */
  readonly knownHosts?: string;
}

/** The key that a session ends up with; the host has an ed25519 and an ecdsa key. */
async function connectKnowing({ hostKey, knownHosts = "", ...options }: Known): Promise<string | undefined> {
  using home = makeHome();
  await using server = await TestServer.start({ hostKeys: [ed25519, ecdsa] });
  const file = home.write("known_hosts", knownHosts.replaceAll("NAME", `[127.0.0.1]:${server.port}`));
  const connection = server.connection({ privateKey: userKey.private, hostKey, dialErrorLimit: 3 });
  try {
    await using session = await open(connection, { ...options, knownHostsFiles: ["/no/file", file] });
    return session.hostKey;
  } finally {
    expect(server.accepted).toBe(1);
  }
}

describe("the key of a host", () => {
  it("is accepted and reported on first contact", async () => {
    expect(await connectKnowing({})).toBe(ed25519.public);
  });

  it("is refused on first contact by the strict policy", async () => {
    const error = await mustFail(connectKnowing({ hostKeyPolicy: "strict" }));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toBe(
      `the host's key ssh-ed25519 ${fingerprint(ed25519)} is not known, and unknown keys are refused`,
    );
    expect(error.remedy).toContain(`set the connection's hostKey to "${ed25519.public}"`);
  });

  it.each<[string, Known]>([
    ["given", { hostKey: ed25519.public }],
    ["given with a comment", { hostKey: ` ${ed25519.public} root@web-1\n` }],
    ["in known_hosts", { knownHosts: `NAME ${ed25519.public}\n` }],
    ["pinned", { pinnedHostKey: ed25519.public }],
  ])("is accepted when it is the one %s, also by the strict policy", async (_name, known) => {
    expect(await connectKnowing({ ...known, hostKeyPolicy: "strict" })).toBe(ed25519.public);
  });

  it.each<[string, Known]>([
    ["given", { hostKey: ecdsa.public }],
    ["in known_hosts", { knownHosts: `NAME ${ecdsa.public}\n` }],
    ["pinned", { pinnedHostKey: ecdsa.public }],
  ])("is asked for in the type of the one %s, where the host has several", async (_name, known) => {
    expect(await connectKnowing(known)).toBe(ecdsa.public);
  });

  it.each<[string, Known, string, string]>([
    ["given", { hostKey: other.public }, "the connection's hostKey is", "set the connection's hostKey to"],
    ["in known_hosts", { knownHosts: `NAME ${other.public}\n` }, "/known_hosts has", "ssh-keygen -f "],
    [
      "pinned",
      { pinnedHostKey: other.public },
      "the key pinned on first contact is",
      "set the connection's hostKey to",
    ],
  ])("is refused when another is %s, with both fingerprints", async (_name, known, source, remedy) => {
    const error = await mustFail(connectKnowing(known));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toContain(
      `${source} ssh-ed25519 ${fingerprint(other)}, but the host shows ssh-ed25519 ${fingerprint(ed25519)}`,
    );
    expect(error.remedy).toContain(remedy);
  });

  it("is refused when it is of another type than the known one", async () => {
    await using server = await TestServer.start({ hostKeys: [ed25519] });
    const error = await mustFail(
      open(server.connection({ privateKey: userKey.private, hostKey: ecdsa.public })),
    );
    expect(error.detail).toContain(`but the host shows ssh-ed25519 ${fingerprint(ed25519)}`);
  });

  it.each<[string, Known]>([
    ["unknown else", {}],
    ["given", { hostKey: ed25519.public }],
    ["pinned", { pinnedHostKey: ed25519.public }],
  ])("is refused when known_hosts revokes it, also when it is %s", async (_name, known) => {
    const knownHosts = `@revoked * ${ed25519.public}\n`;
    const error = await mustFail(connectKnowing({ ...known, knownHosts }));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toContain("marks as revoked");
  });

  it("is refused on first contact when only the authority that signs it is known", async () => {
    const knownHosts = `@cert-authority * ${other.public}\n`;
    const error = await mustFail(connectKnowing({ knownHosts }));
    expect(error.kind).toBe("host-key-mismatch");
    expect(error.detail).toContain("/known_hosts trusts who signs it, and this client cannot check that");
    expect(error.remedy).toContain('client to "openssh"');
    expect(await connectKnowing({ knownHosts, pinnedHostKey: ed25519.public })).toBe(ed25519.public);
    expect(await connectKnowing({ knownHosts, hostKey: ed25519.public })).toBe(ed25519.public);
  });
});

it("a key of a type that is no name of one is shown as of an unknown type", () => {
  const type = Buffer.from("\u001b[31mssh-ed25519");
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type]);
  expect(formatHostKey(blob)).toBe(`unknown ${blob.toString("base64")}`);
});

describe("what is known of a host", () => {
  it("is the given key before known_hosts and the pin", async () => {
    const known = {
      hostKey: ed25519.public,
      knownHosts: `NAME ${other.public}\n`,
      pinnedHostKey: other.public,
    };
    expect(await connectKnowing(known)).toBe(ed25519.public);
  });

  it("is known_hosts before the pin, when it names the host", async () => {
    const pinned = { pinnedHostKey: other.public };
    expect(await connectKnowing({ ...pinned, knownHosts: `NAME ${ed25519.public}\n` })).toBe(ed25519.public);
    await mustFail(connectKnowing({ ...pinned, knownHosts: `elsewhere ${ed25519.public}\n` }));
  });
});

describe("known_hosts files", () => {
  it("are ~/.ssh/known_hosts and the system's by default", async () => {
    using home = makeHome();
    await using server = await TestServer.start();
    home.write(".ssh/known_hosts", `[127.0.0.1]:${server.port} ${other.public}\n`);
    const error = await mustFail(open(server.connection(), { knownHostsFiles: undefined, env: home.env }));
    expect(error.kind).toBe("host-key-mismatch");
  });

  it("that cannot be read are an error, not an unknown host", async () => {
    await using server = await TestServer.start();
    const error = await mustFail(open(server.connection(), { knownHostsFiles: ["/etc"] }));
    expect(error.kind).toBe("invalid-config");
  });
});
