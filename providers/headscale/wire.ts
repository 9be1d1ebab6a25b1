/** The parts of Headscale's REST API (v1) that are read, as versions 0.27 to 0.29 answer; ids are strings on the wire. */
import { z } from "zod";
import type { ApiNode } from "../control-server/api";

const id = z.union([z.string().min(1), z.number()]).transform(String);
const tagList = z.array(z.string()).nullish();

const nodeSchema = z.object({
  id,
  givenName: z.string(),
  online: z.boolean().nullish(),
  lastSeen: z.string().nullish(),
  /** Of the node's key; a logout sets it to that moment. */
  expiry: z.string().nullish(),
  /** Since 0.28. */
  tags: tagList,
  /** Up to 0.27: set by a key or an admin. */
  forcedTags: tagList,
  /** Up to 0.27: those, and the requested ones that the policy allows. */
  validTags: tagList,
});

export const nodesSchema = z.object({ nodes: z.array(nodeSchema).default([]) });

/** Pure: what the rest of the package sees of a node. */
export function toApiNode(node: z.output<typeof nodeSchema>, now: Date): ApiNode {
  const tags = node.tags ?? [...(node.forcedTags ?? []), ...(node.validTags ?? [])];
  return {
    nodeId: node.id,
    name: node.givenName,
    // 0.27 to 0.29 always say; without a word it is not taken for offline.
    online: node.online ?? true,
    ...(typeof node.lastSeen !== "string" ? {} : { lastSeen: node.lastSeen }),
    tags: [...new Set(tags)].sort(),
    // Keys of tagged nodes do not expire by themselves. The zero time is no expiry.
    loggedOut: tags.length > 0 && isBetween(node.expiry, new Date(0), now),
  };
}

function isBetween(time: string | null | undefined, start: Date, end: Date): boolean {
  const at = Date.parse(time ?? "");
  return at > start.getTime() && at <= end.getTime();
}

export const usersSchema = z.object({
  users: z.array(z.object({ id, name: z.string().default(""), email: z.string().default("") })).default([]),
});

export const mintedSchema = z.object({
  preAuthKey: z.object({ id, key: z.string().min(1), user: z.object({ id }).nullish() }),
});

export const policySchema = z.object({ policy: z.string() });
