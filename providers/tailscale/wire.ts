/** The parts of Tailscale's API (v2) that are read; names as in the Go client tailscale.com/client/tailscale/v2. */
import { z } from "zod";
import type { ApiNode } from "../control-server/api";

/** Without `connectedToControl` (older answers), a device counts as online for this long after it was seen. */
const ONLINE_MS = 5 * 60_000;

const deviceSchema = z.object({
  nodeId: z.string().min(1),
  /** FQDN: `web-1.tail1234.ts.net`. */
  name: z.string(),
  tags: z.array(z.string()).nullish(),
  connectedToControl: z.boolean().nullish(),
  /** Absent while the device is connected. */
  lastSeen: z.string().nullish(),
  /** Shared in from another tailnet: it holds no name in this one. */
  isExternal: z.boolean().nullish(),
});

export const devicesSchema = z.object({ devices: z.array(deviceSchema) });

export const mintedSchema = z.object({ id: z.string().min(1), key: z.string().min(1) });

export const tokenSchema = z.object({ access_token: z.string().min(1) });

/** Pure: the devices of the tailnet itself, as the rest of the package sees them. */
export function toApiNodes({ devices }: z.output<typeof devicesSchema>, now: Date): ApiNode[] {
  return devices.filter(({ isExternal }) => isExternal !== true).map((device) => toApiNode(device, now));
}

function toApiNode(device: z.output<typeof deviceSchema>, now: Date): ApiNode {
  const fqdn = device.name.replace(/\.$/, "");
  const lastSeen = device.lastSeen || undefined;
  const seenMs = lastSeen === undefined ? NaN : Date.parse(lastSeen);
  return {
    nodeId: device.nodeId,
    name: fqdn.split(".")[0]!,
    fqdn,
    online: device.connectedToControl ?? !(now.getTime() - seenMs > ONLINE_MS),
    ...(lastSeen === undefined ? {} : { lastSeen }),
    tags: [...(device.tags ?? [])].sort(),
  };
}
