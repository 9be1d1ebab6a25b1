/** The values of client flags: of configuration, network providers and resources alike. */

/** The value of one client flag. */
export type FlagValue = string | number | boolean | readonly string[];

/** Client settings by their `tailscale set` names, without the dashes. */
export type NodeFlags = Readonly<Record<string, FlagValue>>;
