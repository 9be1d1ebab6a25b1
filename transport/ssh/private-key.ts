/** Reads private keys, and says what is wrong with one before any host is dialled. */
import { utils, type ParsedKey } from "ssh2";
import { isError, messageOf } from "../../errors";
import { isPkcs8, rewritePkcs8 } from "./pkcs8";

/** Why a key cannot be used. `locked`: it is encrypted and no passphrase was given. */
export type KeyProblem = "locked" | "wrong-passphrase" | "public" | "unreadable";

export type KeyResult =
  { readonly ok: true; readonly key: ParsedKey } | { readonly ok: false; readonly problem: KeyProblem };

/** Pure: the private key in `text`, in OpenSSH, PEM or PKCS #8 format. */
export function parsePrivateKey(text: string, passphrase: string | undefined): KeyResult {
  try {
    const readable = isPkcs8(text) ? rewritePkcs8(text, passphrase) : text;
    // One parsed key, for ssh2 lists several only for formats that hold several; the types do not tell.
    const parsed = [utils.parseKey(readable, passphrase)].flat()[0]!;
    if (isError(parsed)) throw parsed;
    if (!parsed.isPrivateKey()) return { ok: false, problem: "public" };
    return { ok: true, key: parsed };
  } catch (error) {
    return { ok: false, problem: classify(error, text, passphrase) };
  }
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
