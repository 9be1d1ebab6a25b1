/** Long texts that only a join needs, by their digest: the state of a thousand hosts need not hold a public key a thousand times more. */
import { createHash } from "node:crypto";

/** No block has a value like this by itself. */
const DIGEST = /^pulumi-mesh:sha256:[\w-]{43}$/;

type Block = Readonly<Record<string, unknown>>;

/** Pure: the block with a digest in the place of each text that one of the paths names. */
export function withDigests(block: Block, paths: readonly (readonly string[])[]): Block {
  return paths.reduce((changed, path) => replaceText(changed, path), block);
}

/** Pure: the block as a network provider takes it, without what only a digest is left of. */
export function withoutDigests(block: Block): Block {
  const kept = Object.entries(block).filter(([, value]) => !isDigest(value));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, isBlock(value) ? withoutDigests(value) : value] as const),
  );
}

/** Pure: `value`, with digests of its texts where `former` has digests: then the two can be compared. */
export function digestedAs(former: unknown, value: unknown): unknown {
  if (isDigest(former) && typeof value === "string") return digestOf(value);
  if (!isBlock(former) || !isBlock(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [key, digestedAs(former[key], inner)]));
}

function replaceText(block: Block, [key, ...rest]: readonly string[]): Block {
  const value = key === undefined ? undefined : block[key];
  if (key === undefined || value === undefined) return block;
  if (isBlock(value)) return { ...block, [key]: replaceText(value, rest) };
  if (rest.length > 0 || typeof value !== "string" || isDigest(value)) return block;
  return { ...block, [key]: digestOf(value) };
}

function digestOf(text: string): string {
  return `pulumi-mesh:sha256:${createHash("sha256").update(text).digest("base64url")}`;
}

function isDigest(value: unknown): boolean {
  return typeof value === "string" && DIGEST.test(value);
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
