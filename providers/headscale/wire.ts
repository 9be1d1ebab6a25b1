/** The parts of Headscale's REST API (v1) that are read, as versions 0.27 to 0.29 answer; ids are strings on the wire. */
import { z } from "zod";
import type { ApiNode, NodeRoutes } from "../control-server/api";
import type { HttpAnswer } from "../control-server/http";

const id = z.union([z.string().min(1), z.number()]).transform(String);
const tagList = z.array(z.string()).nullish();

const wireNodeSchema = z.object({
  id,
  givenName: z.string(),
  /** The hostname that the node asked for. */
  name: z.string().nullish(),
  ipAddresses: z.array(z.string()).nullish(),
  nodeKey: z.string().nullish(),
  machineKey: z.string().nullish(),
  online: z.boolean().nullish(),
  lastSeen: z.string().nullish(),
  /** Of the node's key; a logout sets it to that moment. */
  expiry: z.string().nullish(),
  /** Since 0.28. */
  tags: tagList,
  availableRoutes: tagList,
  approvedRoutes: tagList,
  /** Subnet routes that it serves, not those of an exit node. */
  subnetRoutes: tagList,
  /** Up to 0.27: set by a key or an admin. */
  forcedTags: tagList,
  /** Up to 0.27: those, and the requested ones that the policy allows. */
  validTags: tagList,
  /** That it registered with; null after another login, or when the key was deleted. */
  preAuthKey: z.object({ ephemeral: z.boolean().nullish() }).nullish(),
});

export const nodeSchema = z.object({ node: wireNodeSchema });

/** An empty list is sent as one: without its key it is another server's answer. */
export const nodesSchema = z.object({ nodes: z.array(wireNodeSchema) });

/** Up to 0.29 as gRPC's gateway says it (a missing route has code 5, too), later as problem+json. */
const noNodeSchema = z.union([
  z.object({ code: z.literal(5), message: z.literal("node not found") }),
  z.object({ detail: z.literal("node not found") }),
]);

/** Pure: true only for Headscale's own "there is no such node". */
export function saysNoNode({ status, value }: HttpAnswer): boolean {
  return status === 404 && noNodeSchema.safeParse(value).success;
}

/** 0.27 looks for the key; later versions take any id, and say nothing. */
const noKeySchema = z.object({ message: z.string().regex(/^(AuthKey|auth-key) not found/) });

/** Pure: true only for Headscale's own "there is no such auth key". */
export function saysNoKey({ value }: HttpAnswer): boolean {
  return noKeySchema.safeParse(value).success;
}

/** Pure: what the rest of the package sees of a node. */
export function toApiNode(node: z.output<typeof wireNodeSchema>, now: Date): ApiNode {
  const tags = node.tags ?? [...(node.forcedTags ?? []), ...(node.validTags ?? [])];
  const isV6 = (address: string) => Number(address.includes(":"));
  return {
    nodeId: node.id,
    name: node.givenName,
    ...(node.name ? { hostname: node.name } : {}),
    addresses: (node.ipAddresses ?? []).toSorted((a, b) => isV6(a) - isV6(b)),
    ...(node.nodeKey ? { nodeKey: node.nodeKey } : {}),
    ...(node.machineKey ? { machineKey: node.machineKey } : {}),
    // 0.27 to 0.29 always say; without a word it is not taken for offline.
    online: node.online ?? true,
    ...(typeof node.lastSeen !== "string" ? {} : { lastSeen: node.lastSeen }),
    tags: [...new Set(tags)].sort(),
    // Keys of tagged nodes do not expire by themselves. The zero time is no expiry.
    loggedOut: tags.length > 0 && isBetween(node.expiry, new Date(0), now),
    ...(node.expiry === undefined ? {} : { keyExpires: Date.parse(node.expiry ?? "") > 0 }),
    ...(node.approvedRoutes ? { routes: toRoutes(node) } : {}),
    ...(typeof node.preAuthKey?.ephemeral === "boolean" ? { ephemeral: node.preAuthKey.ephemeral } : {}),
  };
}

/** Pure: an empty list may be absent. */
export function toRoutes(node: z.output<typeof wireNodeSchema>): NodeRoutes {
  const { availableRoutes, approvedRoutes, subnetRoutes } = node;
  return { offered: availableRoutes ?? [], approved: approvedRoutes ?? [], served: subnetRoutes ?? [] };
}

function isBetween(time: string | null | undefined, start: Date, end: Date): boolean {
  const at = Date.parse(time ?? "");
  return at > start.getTime() && at <= end.getTime();
}

export const usersSchema = z.object({
  users: z.array(z.object({ id, name: z.string().default(""), email: z.string().default("") })),
});

export const mintedSchema = z.object({
  preAuthKey: z.object({ id, key: z.string().min(1), user: z.object({ id }).nullish() }),
});

export const versionSchema = z.object({ version: z.string() });

export const policySchema = z.object({ policy: z.string() });
