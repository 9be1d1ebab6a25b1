/** Which host key to expect, by the order given > known_hosts > pinned > policy, and whether a shown one will do. */
import { readFile } from "node:fs/promises";
import { messageOf } from "../../errors";
import type { Fail } from "../failure";
import type { ConnectOptions, HostKeyPolicy, ProxyConnection } from "../types";
import { describeHostKey, parseHostKey } from "./host-key";
import { findKnownKeys, knownHostsName, type KnownKey } from "./known-hosts";
import { expandHome } from "./paths";

/** Where keys were found, for what to do when they do not match. */
type Source = "given" | "known-hosts" | "pinned" | "none";

/** What is known of a host's key. */
export interface Expectation {
  readonly source: Source;
  /** Any of these will do. */
  readonly keys: readonly string[];
  readonly revoked: readonly string[];
  /** Name of the host in known_hosts, and the file that was decisive. */
  readonly name: string;
  readonly file?: string;
  /** The file that trusts a certificate authority for the host, whose signature ssh2 cannot check. */
  readonly authorityFile?: string;
  readonly policy: HostKeyPolicy;
  /** True for a jump host. */
  readonly jump?: boolean;
}

/** Which of the hosts on the way it is, and the key pinned on first contact with it. */
export interface HopRole {
  readonly pinned?: string;
  readonly jump?: boolean;
}

export interface Objection {
  readonly message: string;
  readonly remedy: string;
}

const DEFAULT_FILES = ["~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"];

/** Collects what is known of the key of `hop`. */
export async function expectHostKey(
  hop: ProxyConnection,
  { pinned, jump }: HopRole,
  options: Pick<ConnectOptions, "hostKeyPolicy" | "knownHostsFiles" | "env">,
  fail: Fail,
): Promise<Expectation> {
  const { hostKeyPolicy: policy = "pin", knownHostsFiles = DEFAULT_FILES, env = process.env } = options;
  const name = knownHostsName(hop.host, hop.port ?? 22);
  // Before a key is looked at that was given: it may be revoked since.
  const known: (KnownKey & { file: string })[] = [];
  for (const file of knownHostsFiles.map((path) => expandHome(path, env))) {
    known.push(...findKnownKeys(await readIfThere(file, fail), name).map((key) => ({ ...key, file })));
  }
  const base = {
    policy,
    name,
    jump,
    revoked: known.filter(({ revoked }) => revoked).map(({ key }) => key),
    authorityFile: known.find(({ authority }) => authority)?.file,
  };
  if (hop.hostKey !== undefined)
    return { ...base, source: "given", keys: [mustParse("hostKey", hop.hostKey, fail)] };
  const valid = known.filter(({ revoked, authority }) => !revoked && !authority);
  if (valid.length > 0)
    return { ...base, source: "known-hosts", keys: valid.map(({ key }) => key), file: valid[0]!.file };
  if (pinned !== undefined)
    return { ...base, source: "pinned", keys: [mustParse("pinned host key", pinned, fail)] };
  return { ...base, source: "none", keys: [] };
}

/** Pure: what speaks against the key `shown` (`type base64`); undefined when nothing does. */
export function objectTo(shown: string, expected: Expectation): Objection | undefined {
  const actual = describeHostKey(shown);
  if (expected.revoked.includes(shown)) {
    return {
      message: `the host shows ${actual}, which known_hosts marks as revoked`,
      remedy: "Give the host a new key, or find out who answers in its place.",
    };
  }
  if (expected.keys.includes(shown)) return undefined;
  if (expected.source === "none") {
    if (expected.authorityFile !== undefined)
      return {
        message: `the host's key ${actual} is not known by itself: ${expected.authorityFile} trusts who signs it, and this client cannot check that`,
        remedy: `Set the connection's client to "openssh", which can; or compare the fingerprint on the host and set ${settingOf(expected)} to "${shown}".`,
      };
    if (expected.policy === "pin") return undefined;
    return {
      message: `the host's key ${actual} is not known, and unknown keys are refused`,
      remedy: `Compare the fingerprint on the host, then set ${settingOf(expected)} to "${shown}", or add it to known_hosts.`,
    };
  }
  return {
    message: `${whereFrom(expected)} ${describeKeys(expected)}, but the host shows ${actual}`,
    remedy: `If the host was set up anew, ${howToAccept(shown, expected)}; if it was not, somebody else may be answering.`,
  };
}

/** Pure: the keys that will do, with their fingerprints. */
export function describeKeys({ keys }: Expectation): string {
  return keys.map(describeHostKey).join(" or ");
}

/** Pure: who says which keys will do, as the beginning of a sentence. */
export function whereFrom(expected: Expectation): string {
  if (expected.source === "given") return `${settingOf(expected)} is`;
  return expected.source === "pinned" ? "the key pinned on first contact is" : `${expected.file} has`;
}

function howToAccept(shown: string, expected: Expectation): string {
  const { source, file, name } = expected;
  if (source === "known-hosts") return `run \`ssh-keygen -f ${file} -R '${name}'\``;
  return `set ${settingOf(expected)} to "${shown}"`;
}

function settingOf({ jump }: Expectation): string {
  return jump === true ? "the hostKey of the connection's proxy" : "the connection's hostKey";
}

function mustParse(what: string, text: string, fail: Fail): string {
  const key = parseHostKey(text);
  if (key !== undefined) return key;
  throw fail({
    kind: "invalid-config",
    message: `the ${what} is not a public key`,
    remedy: 'Write it as in known_hosts after the name: "ssh-ed25519 AAAA...".',
  });
}

async function readIfThere(file: string, fail: Fail): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw fail({
      kind: "invalid-config",
      message: `cannot read the known hosts: ${messageOf(error)}`,
      remedy: `Make ${file} readable, or name other files.`,
      cause: error,
    });
  }
}
