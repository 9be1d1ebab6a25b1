/** The parts of Tailscale's API (v2) that are read; names as in the Go client tailscale.com/client/tailscale/v2. */
import { z } from "zod";
import type { ApiNode, NodeRoutes } from "../control-server/api";
import type { HttpAnswer } from "../control-server/http";

/** Without `connectedToControl` (older answers), a device counts as online for this long after it was seen. */
const ONLINE_MS = 5 * 60_000;

export const deviceSchema = z.object({
  nodeId: z.string().min(1),
  /** FQDN: `web-1.tail1234.ts.net`. */
  name: z.string(),
  /** The hostname that the device asked for. */
  hostname: z.string().nullish(),
  /** IPv4 and IPv6. */
  addresses: z.array(z.string()).nullish(),
  nodeKey: z.string().nullish(),
  machineKey: z.string().nullish(),
  isEphemeral: z.boolean().nullish(),
  keyExpiryDisabled: z.boolean().nullish(),
  /** An e-mail address; of a tagged device whoever tagged it. */
  user: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  /** Only with all fields. */
  advertisedRoutes: z.array(z.string()).nullish(),
  enabledRoutes: z.array(z.string()).nullish(),
  connectedToControl: z.boolean().nullish(),
  /** Absent while the device is connected. */
  lastSeen: z.string().nullish(),
  /** Shared in from another tailnet: it holds no name in this one. */
  isExternal: z.boolean().nullish(),
});

export const devicesSchema = z.object({ devices: z.array(deviceSchema) });

export const mintedSchema = z.object({ id: z.string().min(1), key: z.string().min(1) });

export const tokenSchema = z.object({ access_token: z.string().min(1) });

/** `DeviceRoutes` of the Go client. */
export const routesSchema = z.object({
  advertisedRoutes: z.array(z.string()).nullish(),
  enabledRoutes: z.array(z.string()).nullish(),
});

/** Pure: the API does not say which of several routers it sends traffic to. */
export function toRoutes({ advertisedRoutes, enabledRoutes }: z.output<typeof routesSchema>): NodeRoutes {
  return { offered: advertisedRoutes ?? [], approved: enabledRoutes ?? [] };
}

type WireDevice = z.output<typeof deviceSchema>;

/** Tailscale's words (terraform-provider-tailscale#526), and those of Headscale's API of the same form. */
const noDeviceSchema = z.object({
  message: z.enum(["no manageable device matching this ID found", "device not found"]),
});

/** Pure: true only for the API's own "there is no such device". */
export function saysNoDevice({ status, value }: HttpAnswer): boolean {
  return status === 404 && noDeviceSchema.safeParse(value).success;
}

/** Pure: whether a device is one of the tailnet itself. */
export function isOwn({ isExternal }: WireDevice): boolean {
  return isExternal !== true;
}

/** Pure: a device as the rest of the package sees it. */
export function toApiNode(device: WireDevice, now: Date): ApiNode {
  const fqdn = device.name.replace(/\.$/, "");
  const lastSeen = device.lastSeen || undefined;
  const seenMs = lastSeen === undefined ? NaN : Date.parse(lastSeen);
  const isV6 = (address: string) => Number(address.includes(":"));
  return {
    nodeId: device.nodeId,
    name: fqdn.split(".")[0]!,
    ...(fqdn.includes(".") ? { fqdn } : {}), // Headscale has a label there.
    ...(device.hostname ? { hostname: device.hostname } : {}),
    addresses: (device.addresses ?? []).toSorted((a, b) => isV6(a) - isV6(b)),
    ...(device.nodeKey ? { nodeKey: device.nodeKey } : {}),
    ...(device.machineKey ? { machineKey: device.machineKey } : {}),
    online: device.connectedToControl ?? !(now.getTime() - seenMs > ONLINE_MS),
    ...(lastSeen === undefined ? {} : { lastSeen }),
    tags: [...(device.tags ?? [])].sort(),
    ...(device.user ? { user: device.user } : {}),
    ...(typeof device.keyExpiryDisabled === "boolean" ? { keyExpires: !device.keyExpiryDisabled } : {}),
    ...(device.enabledRoutes ? { routes: toRoutes(device) } : {}),
    ...(typeof device.isEphemeral === "boolean" ? { ephemeral: device.isEphemeral } : {}),
  };
}
