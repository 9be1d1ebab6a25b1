/** The tags of a host: those of every host, of its roles, and its own. */
import { invalidConfig, suggest, UNKNOWN } from "../validation";
import type { ValidationIssue } from "../validation/issue";

/** Where a host's tags come from. */
export interface TagSources {
  /** `default_tags` of the provider's block. */
  readonly defaultTags?: readonly string[];
  /** `role_tags` of the provider's block. */
  readonly roleTags?: Readonly<Record<string, readonly string[]>>;
  /** The host's roles. */
  readonly roles?: readonly string[];
  /** The host's own tags. */
  readonly tags?: readonly string[];
  /** The host, for errors. */
  readonly host?: string;
}

/**
 * The union of all tags, sorted and without duplicates.
 *
 * A role that `role_tags` does not have is an invalid-config error: a misspelt role would silently drop a tag, and with
 * it the access rules that hang on the tag. A role without tags has an empty list there. Where `role_tags` is empty,
 * roles have nothing to do with tags and any will do.
 */
export function resolveTags({
  defaultTags = [],
  roleTags = {},
  roles = [],
  tags = [],
  host,
}: TagSources): string[] {
  const known = Object.keys(roleTags);
  if (known.length > 0) refuseUnknownRoles(roles, known, host);
  const ofRoles = roles.flatMap((role) => (known.includes(role) ? roleTags[role]! : []));
  return [...new Set([...defaultTags, ...ofRoles, ...tags])].sort();
}

function refuseUnknownRoles(
  roles: readonly string[],
  known: readonly string[],
  host: string | undefined,
): void {
  const issues = unknownRoles(roles, known);
  if (issues.length === 0) return;
  const remedy = "Correct the role, or add it to role_tags, with an empty list when it has no tags.";
  throw invalidConfig("", issues, { host, remedy });
}

/** Pure: the roles that `role_tags` does not have, where it has any. */
export function unknownRoles(roles: readonly string[], known: readonly string[]): ValidationIssue[] {
  if (known.length === 0) return [];
  return roles.flatMap((role, index) => {
    if (role === UNKNOWN || known.includes(role)) return [];
    const near = suggest(role, known);
    const hint = near === undefined ? `known roles: ${known.join(", ")}` : `did you mean "${near}"?`;
    return [{ path: ["roles", index], message: `"${role}" is not in role_tags; ${hint}` }];
  });
}
