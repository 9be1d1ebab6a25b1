/** When a node's key is renewed: a time before its expiry, as `14d` or `72h`. Pure. */

const HOUR_MS = 60 * 60 * 1000;

/** The control servers give keys for 180 days at most: a longer time would renew a key as soon as it is there. */
const MOST_MS = 90 * 24 * HOUR_MS;

/** Milliseconds; undefined for what is no such time. */
export function parseRenewKey(text: string): number | undefined {
  const [, count = "", unit] = /^([1-9]\d{0,3})([dh])$/.exec(text) ?? [];
  const ms = Number(count) * (unit === "d" ? 24 : 1) * HOUR_MS;
  return unit === undefined || ms > MOST_MS ? undefined : ms;
}

/** Whether a key that expires at `expiry` (RFC 3339) is to be renewed by now; one that has expired is. */
export function isRenewalDue(
  expiry: string | undefined,
  renewKey: string | undefined,
  now = new Date(),
): boolean {
  const before = renewKey === undefined ? undefined : parseRenewKey(renewKey);
  return expiry !== undefined && before !== undefined && Date.parse(expiry) - now.getTime() < before;
}
