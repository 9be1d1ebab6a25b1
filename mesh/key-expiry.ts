/** Pure: what is said of a node key that expires soon: then the host drops out of the mesh, and nobody is told (tailscale#16566, #19785). */
import { UNKNOWN } from "../validation";
import type { ValidationIssue } from "../validation/issue";
import type { HostState } from "./state";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before the expiry from which on every refresh and update warns. */
const EARLY_DAYS = 30;

/**
 * The warning for a node whose key expires at `keyExpiry` (RFC 3339); undefined while there is time, or no expiry, and where it is
 * renewed: what is due then is drift, and what fails is said as such.
 */
export function expiryWarning(
  { name: host, renewKey }: Pick<HostState, "name" | "renewKey">,
  keyExpiry: string | undefined,
  now: Date,
): string | undefined {
  if (keyExpiry === undefined || renewKey !== undefined) return undefined;
  const expiry = new Date(keyExpiry);
  const days = Math.floor((expiry.getTime() - now.getTime()) / DAY_MS);
  if (Number.isNaN(days) || days >= EARLY_DAYS) return undefined;
  const date = expiry.toISOString().slice(0, 10);
  const when =
    days < 0 ? `has expired on ${date}` : `expires on ${date}, in ${days} ${days === 1 ? "day" : "days"}`;
  return `${host}: the key of the node ${when}; the host is out of the mesh then. Give it a tag (keys of tagged nodes do not expire), disable the expiry at the control server, or declare renewKey.`;
}

/** A key that never expires is never renewed; what is not known yet may come to nothing. */
export function renewalIssues(keyExpiry: unknown, renewKey: unknown): ValidationIssue[] {
  if (keyExpiry !== "disabled" || typeof renewKey !== "string" || renewKey === UNKNOWN) return [];
  return [{ path: ["renewKey"], message: "goes against keyExpiry: disabled; leave out one of the two" }];
}
