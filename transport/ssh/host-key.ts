/** Host keys as text, as fingerprints, and as the algorithms a server shows them with. */
import { createHash } from "node:crypto";

/** Fields of a public key blob after its type, by type: the kinds that ssh2 can check. */
const FIELDS: Readonly<Record<string, number>> = {
  "ssh-ed25519": 1,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "ssh-rsa": 2,
  "ssh-dss": 4,
};

/** Signature algorithms in the order of preference; ssh-dss only for a host that is known by it. */
const ALGORITHMS = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
] as const;

export type HostKeyAlgorithm = (typeof ALGORITHMS)[number] | "ssh-dss";

/** Pure: `type base64` of a line that starts with a host key, without comment; undefined when it is none we can check. */
export function parseHostKey(line: string): string | undefined {
  const [type, base64] = line.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const fields = splitBlob(blob);
  const expected = FIELDS[type];
  if (expected === undefined || fields?.[0]?.toString() !== type || fields.length !== expected + 1)
    return undefined;
  if (type === "ssh-ed25519" && fields[1]!.length !== 32) return undefined;
  return formatHostKey(blob);
}

/** Pure: `type base64` of the blob that a server shows; what calls itself by no name of a type is `unknown`. */
export function formatHostKey(blob: Buffer): string {
  const type = splitBlob(blob)?.[0]?.toString() ?? "";
  return `${/^[\w@.-]{1,64}$/.test(type) ? type : "unknown"} ${blob.toString("base64")}`;
}

/** Pure: `ssh-ed25519 SHA256:...`, as OpenSSH prints it. */
export function describeHostKey(key: string): string {
  const [type, base64 = ""] = key.split(" ");
  const digest = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return `${type} SHA256:${digest.replace(/=+$/, "")}`;
}

/**
 * Pure: what to ask the server for. A server with several keys shows the first it has of these, so the types of the
 * known keys come first; the others follow, so that a wrong key can be told with its fingerprint.
 */
export function orderAlgorithms(knownKeys: readonly string[]): HostKeyAlgorithm[] {
  const types = new Set(knownKeys.map((key) => key.split(" ")[0]!));
  const isKnown = (algorithm: string) => types.has(algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm);
  const known: HostKeyAlgorithm[] = ALGORITHMS.filter(isKnown);
  if (types.has("ssh-dss")) known.push("ssh-dss");
  return [...known, ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

/** Pure: the first length-prefixed fields of a blob, at most `count`; one that is cut short is not there. */
export function readFields(blob: Buffer, count = Infinity): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (fields.length < count && at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) break;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** The fields of a blob; undefined when they do not fill it exactly. */
function splitBlob(blob: Buffer): Buffer[] | undefined {
  const fields = readFields(blob);
  const length = fields.reduce((sum, field) => sum + 4 + field.length, 0);
  return length === blob.length && fields.length > 0 ? fields : undefined;
}
