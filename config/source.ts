/** Where a configuration was read from, for errors that show later. */

const sources = new WeakMap<object, string>();

/** Notes the place, which is not part of the value. */
export function withSource<T extends object>(value: T, source: string): T {
  sources.set(value, source);
  return value;
}

/** The file (or other place) that the value was read from; undefined for one that a program wrote. */
export function sourceOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? sources.get(value) : undefined;
}
