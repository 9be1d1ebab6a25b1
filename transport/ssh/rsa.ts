/** RSA keys with the signatures that ssh2 does not offer by itself. */
import type { ParsedKey } from "ssh2";

/**
 * Pure: the ways to log in with `key`, in the order to try. An OpenSSH server lists rsa-sha2-256 and rsa-sha2-512 also when
 * it takes only the second, and ssh2 then offers the first alone. Its own choice comes after, for servers older than both.
 */
export function signaturesOf(key: ParsedKey): ParsedKey[] {
  return key.type === "ssh-rsa" ? [withSha512(key), key] : [key];
}

/** ssh2 takes the type of a key, unless that is ssh-rsa, for the name of its signatures. */
function withSha512(key: ParsedKey): ParsedKey {
  return Object.create(key, {
    type: { value: "rsa-sha2-512" },
    sign: { value: (data: Buffer | string) => key.sign(data, "sha512") },
  }) as ParsedKey;
}
