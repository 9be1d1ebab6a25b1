/** What operations do with a host where there is a choice: schemas, defaults and types all come from this table. */

/** The values of each policy, its default first. What they mean is told by the types of the contract. */
export const POLICIES = {
  hostKeyPolicy: ["pin", "strict"],
  reach: ["connection", "mesh-first"],
  onDestroy: ["remove", "logout", "keep", "uninstall"],
  onClone: ["fail", "reset"],
  onNameConflict: ["fail", "replace-offline", "accept"],
  onTailnetMismatch: ["fail", "move"],
  onUnreachable: ["warn", "fail"],
  extraTags: ["remove", "keep"],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type PolicyName = keyof typeof POLICIES;

/** The values of one policy. */
export type Policy<N extends PolicyName> = (typeof POLICIES)[N][number];

/** The policies of one host, as far as they are given. */
export type HostPolicies = { readonly [N in PolicyName]?: Policy<N> };

/** Where no value is given. */
export const POLICY_DEFAULTS = Object.fromEntries(
  Object.entries(POLICIES).map(([name, [first]]) => [name, first]),
) as { readonly [N in PolicyName]: Policy<N> };
