/** Reads known_hosts files, as sshd(8) describes them. */
import { createHmac } from "node:crypto";
import { parseHostKey } from "./host-key";

/** One key that a known_hosts file names for a host. */
export interface KnownKey {
  /** `type base64`. */
  readonly key: string;
  /** Marked @revoked: never to be accepted. */
  readonly revoked: boolean;
  /** Marked @cert-authority: no key of the host, but of who signs it. */
  readonly authority: boolean;
  /** Line number, from 1. */
  readonly line: number;
}

/** Pure: the name of a host in known_hosts: `[host]:port` where the port is not 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/**
 * Pure: the keys of the host `name` in the text of a known_hosts file. Key types that ssh2
 * cannot check are left out: hosts known only by those count as unknown.
 */
export function findKnownKeys(text: string, name: string): KnownKey[] {
  return text.split("\n").flatMap((content, index): KnownKey[] => {
    const fields = content.trim().split(/\s+/);
    const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
    const [patterns, ...rest] = fields;
    if (patterns === undefined || patterns.startsWith("#")) return [];
    if (marker !== undefined && marker !== "@revoked" && marker !== "@cert-authority") return [];
    const key = parseHostKey(rest.join(" "));
    if (key === undefined || !matches(patterns, name)) return [];
    const marks = { revoked: marker === "@revoked", authority: marker === "@cert-authority" };
    return [{ key, ...marks, line: index + 1 }];
  });
}

/** True when a pattern of the list matches and none that is negated does. */
function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith("|1|")) return matchesHash(patterns, name);
  const list = patterns.split(",");
  const negated = list.filter((pattern) => pattern.startsWith("!"));
  if (negated.some((pattern) => matchesPattern(pattern.slice(1), name))) return false;
  return list.some((pattern) => !pattern.startsWith("!") && matchesPattern(pattern, name));
}

/** `*` stands for any text, `?` for one character; nothing else is special. */
function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(name);
}

/** `|1|salt|hash`: the name is hidden, hashed with the salt. */
function matchesHash(field: string, name: string): boolean {
  const [, , salt = "", hash] = field.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
