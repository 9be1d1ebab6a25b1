/** Warns of a node key that expires soon: then the host drops out of the mesh, and nobody is told (tailscale#16566, #19785). */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before the expiry from which on every refresh and update warns. */
const EARLY_DAYS = 30;

/** Pure: the warning for a node whose key expires at `keyExpiry` (RFC 3339); undefined while there is time, or no expiry. */
export function expiryWarning(host: string, keyExpiry: string | undefined, now: Date): string | undefined {
  if (keyExpiry === undefined) return undefined;
  const expiry = new Date(keyExpiry);
  const days = Math.floor((expiry.getTime() - now.getTime()) / DAY_MS);
  if (Number.isNaN(days) || days >= EARLY_DAYS) return undefined;
  const date = expiry.toISOString().slice(0, 10);
  const when =
    days < 0 ? `has expired on ${date}` : `expires on ${date}, in ${days} ${days === 1 ? "day" : "days"}`;
  return `${host}: the key of the node ${when}; the host is out of the mesh then. Give it a tag (keys of tagged nodes do not expire), disable the expiry at the control server, or log it in again.`;
}
