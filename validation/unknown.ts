/** Values that Pulumi does not know yet, at preview. */

/** What Pulumi's engine passes for a value that is not known yet, at preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True when `value` is UNKNOWN or holds it anywhere. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(holdsUnknown);
}
