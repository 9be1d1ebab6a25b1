/** Reads private keys, and says what is wrong with one before any host is dialled. */
import { utils, type ParsedKey } from "ssh2";
import { isError, messageOf } from "../../errors";
import { readFields } from "./host-key";
import { isPkcs8, rewritePkcs8 } from "./pkcs8";

/**
 * Why a key cannot be used. `locked`: it is encrypted and no passphrase was given; `cipher`, `type`: OpenSSH can use it and
 * ssh2 cannot, and `name` is the cipher or type.
 */
export type KeyProblem =
  "locked" | "wrong-passphrase" | "public" | "certificate" | "cipher" | "type" | "unreadable";

export type KeyResult =
  | { readonly ok: true; readonly key: ParsedKey }
  | { readonly ok: false; readonly problem: KeyProblem; readonly name?: string };

/** Pure: the private key in `text`, in OpenSSH, PEM or PKCS #8 format. */
export function parsePrivateKey(text: string, passphrase: string | undefined): KeyResult {
  const own = withoutParameters(text);
  try {
    const readable = isPkcs8(own) ? rewritePkcs8(own, passphrase) : own;
    // One parsed key, for ssh2 lists several only for formats that hold several; the types do not tell.
    const parsed = [utils.parseKey(readable, passphrase)].flat()[0]!;
    if (isError(parsed)) throw parsed;
    if (parsed.isPrivateKey()) return { ok: true, key: parsed };
    return { ok: false, problem: isCertificate(parsed.type) ? "certificate" : "public" };
  } catch (error) {
    return { ok: false, ...(findForeign(own) ?? { problem: classify(error, own, passphrase) }) };
  }
}

/** Pure: whether a key of this type is a certificate over one. */
export function isCertificate(type: string): boolean {
  return type.includes("-cert-v0");
}

/** `openssl ecparam -genkey` puts the curve before the key. */
function withoutParameters(text: string): string {
  return text.replace(/-----BEGIN EC PARAMETERS-----[^-]*-----END EC PARAMETERS-----\s*/, "");
}

/** What OpenSSH can use and ssh2 cannot, by the key's own words. */
function findForeign(text: string): { problem: KeyProblem; name: string } | undefined {
  if (/^\s*PuTTY-User-Key-File-3/.test(text)) return { problem: "type", name: "PuTTY 3" };
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  // "openssh-key-v1\0", then cipher, key derivation and its options, the number of keys (1), the public key.
  const blob = Buffer.from(base64, "base64").subarray(15);
  const [cipher, derivation, options] = readFields(blob, 3);
  if (cipher === undefined || derivation === undefined || options === undefined) return undefined;
  if (cipher.toString().startsWith("chacha20")) return { problem: "cipher", name: cipher.toString() };
  const [key] = readFields(blob.subarray(16 + cipher.length + derivation.length + options.length), 1);
  const type = key && readFields(key, 1)[0]?.toString();
  return type !== undefined && /^(sk-|webauthn-)/.test(type) ? { problem: "type", name: type } : undefined;
}

function classify(error: unknown, key: string, passphrase: string | undefined): KeyProblem {
  const text = `${(error as NodeJS.ErrnoException).code ?? ""} ${messageOf(error)}`;
  if (/no passphrase given/.test(text)) return "locked";
  if (passphrase === undefined) return "unreadable";
  // With a wrong passphrase, one PKCS #8 key in a few hundred decrypts to something that only its format betrays.
  return /bad passphrase|bad.?decrypt/i.test(text) || /BEGIN ENCRYPTED/.test(key)
    ? "wrong-passphrase"
    : "unreadable";
}
