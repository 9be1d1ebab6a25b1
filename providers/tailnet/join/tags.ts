/** Pure: which of a node's tags have to change. */
export interface TagChange {
  /** Wanted tags that the node lacks. */
  readonly missing: readonly string[];
  /** Tags that were ours and are not wanted any more. */
  readonly surplus: readonly string[];
  /** The full list that the node should have; tags set by others stay. */
  readonly target: readonly string[];
}

/** The change of tags that is due, or undefined when all wanted ones are there and no former one is left. */
export function tagChange(
  actual: readonly string[],
  wanted: readonly string[],
  former: readonly string[] = [],
): TagChange | undefined {
  const missing = wanted.filter((tag) => !actual.includes(tag));
  const surplus = actual.filter((tag) => former.includes(tag) && !wanted.includes(tag));
  if (missing.length === 0 && surplus.length === 0) return undefined;
  const kept = actual.filter((tag) => !surplus.includes(tag));
  return { missing, surplus, target: [...new Set([...wanted, ...kept])].sort() };
}
