/** Finds the private keys that a connection names or, as ssh does, those in the default places. */
import { readFile } from "node:fs/promises";
import type { ParsedKey } from "ssh2";
import { messageOf, type MeshError } from "../../errors";
import type { Fail } from "../failure";
import type { Environment, ProxyConnection } from "../types";
import { expandHome } from "./paths";
import { parsePrivateKey, type KeyProblem, type KeyResult } from "./private-key";

/** A key and what to call it in errors. */
export interface NamedKey {
  readonly name: string;
  readonly key: ParsedKey;
}

/** Ends the remedy for what this client cannot do and the system's own can. */
export const OPENSSH =
  "Or set the connection's client to \"openssh\": the system's own ssh then reaches the host.";

/** Tried when the connection names nothing to log in with. */
export const IDENTITY_FILES = ["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"];

/** The keys that the connection names. Throws invalid-config for one that cannot be used: no dial would heal it. */
export async function readNamedKeys(hop: ProxyConnection, env: Environment, fail: Fail): Promise<NamedKey[]> {
  const { privateKey, privateKeyPath: path, privateKeyPassword: passphrase } = hop;
  const keys: NamedKey[] = [];
  if (privateKey !== undefined)
    keys.push({ name: "private key", key: mustParse("private key", privateKey, passphrase, fail) });
  if (path !== undefined) {
    const text = await mustRead(path, env, fail);
    keys.push({ name: path, key: mustParse(`private key file ${path}`, text, passphrase, fail) });
  }
  return keys;
}

/** The default identity files that exist and can be used; a locked one is skipped, as by an ssh that cannot ask. */
export async function readIdentityFiles(
  env: Environment,
  passphrase: string | undefined,
): Promise<NamedKey[]> {
  const found: NamedKey[] = [];
  for (const path of IDENTITY_FILES) {
    const text = await readFile(expandHome(path, env), "utf8").catch(() => undefined);
    const result = text === undefined ? undefined : parsePrivateKey(text, passphrase);
    if (result?.ok) found.push({ name: path, key: result.key });
  }
  return found;
}

/** As `readNamedKeys`, for one of them, but a key that has a passphrase is not opened. */
export async function checkKey(
  property: "privateKey" | "privateKeyPath",
  value: string,
  hasPassphrase: boolean,
  env: Environment,
  fail: Fail,
): Promise<void> {
  const isFile = property === "privateKeyPath";
  const result = parsePrivateKey(isFile ? await mustRead(value, env, fail) : value, undefined);
  if (result.ok || (hasPassphrase && result.problem === "locked")) return;
  throw unusable(isFile ? `private key file ${value}` : "private key", result, fail);
}

async function mustRead(path: string, env: Environment, fail: Fail): Promise<string> {
  return await readFile(expandHome(path, env), "utf8").catch((cause: unknown) => {
    throw fail({
      kind: "invalid-config",
      message: `cannot read the private key file ${path}: ${messageOf(cause)}`,
      remedy: "Correct privateKeyPath, or make the file readable for this user.",
      cause,
    });
  });
}

function mustParse(what: string, text: string, passphrase: string | undefined, fail: Fail): ParsedKey {
  const result = parsePrivateKey(text, passphrase);
  if (result.ok) return result.key;
  throw unusable(what, result, fail);
}

function unusable(
  what: string,
  { problem, name = "" }: Extract<KeyResult, { ok: false }>,
  fail: Fail,
): MeshError {
  const { complaint, remedy } = COMPLAINTS[problem];
  return fail({ kind: "invalid-config", message: `the ${what} ${complaint.replace("NAME", name)}`, remedy });
}

/** Fixed texts, for what a parser says could quote the key. */
const COMPLAINTS: Readonly<Record<KeyProblem, { readonly complaint: string; readonly remedy: string }>> = {
  locked: { complaint: "is encrypted", remedy: "Set privateKeyPassword to its passphrase." },
  "wrong-passphrase": {
    complaint: "does not open with the passphrase given",
    remedy: "Correct privateKeyPassword; it is the passphrase of the key, not the user's password.",
  },
  public: { complaint: "is a public key", remedy: "Give the private key: the file without .pub." },
  certificate: {
    complaint: "is a certificate",
    remedy: `Give the private key: the file without -cert.pub. ${OPENSSH}`,
  },
  cipher: {
    complaint: "is encrypted with NAME, which this client cannot open",
    remedy: `Encrypt it anew (ssh-keygen -p -Z aes256-ctr -f FILE), or let an agent hold it. ${OPENSSH}`,
  },
  type: {
    complaint: "is of the type NAME, which this client cannot use",
    remedy: `Give a key of another type (ssh-keygen -t ed25519). ${OPENSSH}`,
  },
  unreadable: {
    complaint: "is not a private key that can be read",
    remedy: "Give the whole key, in OpenSSH, PEM or PKCS #8 format, from its BEGIN line to its END line.",
  },
};
