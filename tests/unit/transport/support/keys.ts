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
  return generate(() => utils.generateKeyPairSync("ed25519"));
}

export function makeEncryptedKey(passphrase: string): KeyPair {
  const options = { passphrase, cipher: "aes256-ctr", rounds: 4 };
  return generate(() => utils.generateKeyPairSync("ed25519", options));
}

export function makeEcdsaKey(): KeyPair {
  return generate(() => utils.generateKeyPairSync("ecdsa", { bits: 256 }));
}

export function makeRsaKey(): KeyPair {
  return generate(() => utils.generateKeyPairSync("rsa", { bits: 2048 }));
}

/** One in 256 ed25519 keys of ssh2's generator starts with a zero byte that it leaves out: such a key is broken. */
function generate(make: () => { private: string; public: string }): KeyPair {
  for (;;) {
    const pair = make();
    const key = parseHostKey(pair.public);
    if (key !== undefined) return { private: pair.private, public: key };
  }
}

/** `SHA256:...` */
export function fingerprint(key: KeyPair): string {
  return describeHostKey(key.public).split(" ")[1]!;
}
