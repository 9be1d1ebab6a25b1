/** Rewrites PKCS #8 private keys, as OpenSSL and Pulumi's tls package write them, for ssh2, which cannot read them. */
import { createPrivateKey, randomBytes, type KeyObject } from "node:crypto";

/** Pure: true for a key in PKCS #8 PEM, encrypted or not. */
export function isPkcs8(text: string): boolean {
  return /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text.trim());
}

/** The same key in a format that ssh2 reads. Throws as ssh2 does without a passphrase, else what OpenSSL says. */
export function rewritePkcs8(text: string, passphrase: string | undefined): string {
  if (text.includes("BEGIN ENCRYPTED") && passphrase === undefined) throw new Error("no passphrase given");
  const key = createPrivateKey({ key: text.trim(), passphrase });
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "pem" }).toString();
  if (key.asymmetricKeyType === "ec") return key.export({ type: "sec1", format: "pem" }).toString();
  if (key.asymmetricKeyType === "ed25519") return toOpenSsh(key);
  throw new Error(`a key of type ${key.asymmetricKeyType} does not work with SSH`);
}

/** The format of OpenSSH's PROTOCOL.key, unencrypted. */
function toOpenSsh(key: KeyObject): string {
  const jwk = key.export({ format: "jwk" });
  const secret = Buffer.from(jwk.d!, "base64url");
  const point = Buffer.from(jwk.x!, "base64url");
  const check = randomBytes(4);
  const type = field(Buffer.from("ssh-ed25519"));
  const plain = Buffer.concat([
    check,
    check,
    type,
    field(point),
    field(Buffer.concat([secret, point])),
    field(Buffer.alloc(0)),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (plain.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map((text) => field(Buffer.from(text))),
    Buffer.from([0, 0, 0, 1]),
    field(Buffer.concat([type, field(point)])),
    field(Buffer.concat([plain, padding])),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/g)!;
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

function field(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
