/** Keys for the tests' servers and users, made once per test file. */
import { utils } from "ssh2";
import { describeHostKey, parseHostKey } from "../../../../transport/ssh/host-key";

export interface KeyPair {
  /** In OpenSSH format. */
  readonly private: string;
  /** `type base64`. */
  readonly public: string;
}

export function makeKey(): KeyPair {
  return toPair(utils.generateKeyPairSync("ed25519"));
}

export function makeEncryptedKey(passphrase: string): KeyPair {
  return toPair(utils.generateKeyPairSync("ed25519", { passphrase, cipher: "aes256-ctr", rounds: 4 }));
}

export function makeEcdsaKey(): KeyPair {
  return toPair(utils.generateKeyPairSync("ecdsa", { bits: 256 }));
}

function toPair(pair: { private: string; public: string }): KeyPair {
  return { private: pair.private, public: parseHostKey(pair.public)! };
}

/** `SHA256:...` */
export function fingerprint(key: KeyPair): string {
  return describeHostKey(key.public).split(" ")[1]!;
}
