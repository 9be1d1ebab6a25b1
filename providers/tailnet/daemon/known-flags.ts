/** The flags of tailscaled, as `tailscaled --help` of 1.102 lists them, and why some are not for a declaration. */

export interface DaemonFlag {
  readonly type: "string" | "number" | "boolean";
  /** Why it is refused: the end of a sentence. */
  readonly refused?: string;
}

const ours = (what: string): DaemonFlag => ({ type: "string", refused: what });

const OURS_TO_KEEP = "says where the login is kept, which is looked for in /var/lib/tailscale";
const OTHER_HANDS = "would take the node's settings out of the hands of the host's own `flags`";
const NO_WAY_BACK = "changes how the login is kept, which no way back could undo";

export const DAEMON_FLAGS: Readonly<Record<string, DaemonFlag>> = {
  "bird-socket": { type: "string" },
  cleanup: ours("has tailscaled end at once"),
  config: ours(OTHER_HANDS),
  debug: { type: "string" },
  "encrypt-state": ours(NO_WAY_BACK),
  "hardware-attestation": ours(NO_WAY_BACK),
  "no-logs-no-support": { type: "boolean" },
  "outbound-http-proxy-listen": { type: "string" },
  port: ours("is the setting `port` beside `flags`"),
  socket: ours("says where clients find tailscaled, which look for it where it is by default"),
  "socks5-server": { type: "string" },
  state: ours(OURS_TO_KEEP),
  statedir: ours(OURS_TO_KEEP),
  syslog: { type: "boolean" },
  "syspolicy-file": ours(OTHER_HANDS),
  tun: { type: "string" },
  verbose: { type: "number" },
  version: ours("has tailscaled end at once"),
};
