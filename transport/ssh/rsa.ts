/** RSA keys with the signatures that ssh2 does not offer by itself. */
import {
  OpenSSHAgent,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";

/**
 * Pure: the ways to log in with `key`, in the order to try. An OpenSSH server lists rsa-sha2-256 and rsa-sha2-512 also when
 * it takes only the second, and ssh2 then offers the first alone. Its own choice comes after, for servers older than both.
 */
export function signaturesOf(key: ParsedKey): ParsedKey[] {
  return isRsa(key) ? [withSha512(key), key] : [key];
}

/** The keys of an agent, those of RSA with rsa-sha2-512; or, for servers older than that, those of RSA as ssh2 offers them. */
export class SigningAgent extends OpenSSHAgent {
  constructor(
    socketPath: string,
    private readonly which: "all" | "old-rsa",
  ) {
    super(socketPath);
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      const own = (keys ?? []) as ParsedKey[];
      const offered = this.which === "all" ? own.map((key) => signaturesOf(key)[0]!) : own.filter(isRsa);
      callback(error, keys && offered);
    });
  }

  /** ssh2 always gives all four. */
  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): boolean {
    const original = ORIGINALS.get(key as ParsedKey);
    if (original === undefined) return super.sign(key, data, options as SigningRequestOptions, callback);
    return super.sign(original, data, { hash: "sha512" }, callback);
  }
}

/** The keys that were given another name for their signatures. */
const ORIGINALS = new WeakMap<ParsedKey, ParsedKey>();

/** ssh2 takes the type of a key, unless that is ssh-rsa, for the name of its signatures. */
function withSha512(key: ParsedKey): ParsedKey {
  const named = Object.create(key, {
    type: { value: "rsa-sha2-512" },
    sign: { value: (data: Buffer | string) => key.sign(data, "sha512") },
  }) as ParsedKey;
  ORIGINALS.set(named, key);
  return named;
}

function isRsa({ type }: ParsedKey): boolean {
  return type === "ssh-rsa";
}
