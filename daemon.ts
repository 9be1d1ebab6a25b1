/** What tailscaled is started with: the declaration, as users write it. */

/** The value of a flag or of a variable. */
export type DaemonValue = string | number | boolean;

/** What tailscaled is started with on a host, beside what others wrote there. */
export interface DaemonSettings {
  /** The UDP port at which it listens for other nodes; 0: any. Default: as the host has it, which is 41641 in most packages. */
  readonly port?: number;
  /** Flags of tailscaled by their names, without dashes: `{ "no-logs-no-support": true }`. */
  readonly flags?: Readonly<Record<string, DaemonValue>>;
  /** Variables of its environment. They stand in a file on the host: no place for secrets. */
  readonly env?: Readonly<Record<string, DaemonValue>>;
}

/** The same in one form. */
export interface StartedWith {
  readonly port?: string;
  /** As it gets them: `--verbose=1`; sorted. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Pure: one that fits the schema, in one form; undefined where it says nothing. */
export function toStartedWith({ port, flags = {}, env = {} }: DaemonSettings = {}): StartedWith | undefined {
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const variables = Object.entries(env).map(([name, value]) => [name, String(value)] as const);
  if (port === undefined && words.length + variables.length === 0) return undefined;
  return {
    ...(port === undefined ? {} : { port: String(port) }),
    flags: words.sort(),
    env: Object.fromEntries(variables),
  };
}
