/** The node settings that have types, as users write them. */

/**
 * Settings of a node by their `tailscale set` names (tailscale.com/kb/1080/cli#set), without the dashes. One that is
 * absent is left as it is, whoever set it.
 */
export interface ClientFlags {
  /** Whether the node takes its DNS settings from the tailnet. A new node does. */
  readonly "accept-dns"?: boolean;
  /** Whether the node uses subnet routes that other nodes offer. A new Linux node does not. */
  readonly "accept-routes"?: boolean;
  /** Whether the node is offered as app connector. */
  readonly "advertise-connector"?: boolean;
  /** Whether the client keeps itself at the newest version; an error beside `install.version`. */
  readonly "auto-update"?: boolean;
  /** Whether the node is offered as exit node; the control server has to approve it. */
  readonly "advertise-exit-node"?: boolean;
  /** Subnets that the node offers to route to (`["10.0.0.0/24"]`, or a comma-separated string); `[]` is none. */
  readonly "advertise-routes"?: string | readonly string[];
  /**
   * The exit node that all traffic of the host goes through: its name, its tailnet address, or `auto:any`; `""` is none.
   * Set after the login, since a node that is not in the mesh yet knows no other by name.
   */
  readonly "exit-node"?: string;
  /** Whether the local network stays reachable while an exit node is used. */
  readonly "exit-node-allow-lan-access"?: boolean;
  /** What the client does to the host's firewall. A new node has `on`. */
  readonly "netfilter-mode"?: "on" | "nodivert" | "off";
  /** The name that `tailscale switch --list` shows for the login; `""` is the tailnet's own. */
  readonly nickname?: string;
  /** A user of the host who may run `tailscale` without root; `""` is none. */
  readonly operator?: string;
  /** UDP port at which the node relays for others of the tailnet (0 is any); `""` is none. */
  readonly "relay-server-port"?: number | string;
  /** Where others reach that relay, beside what the client finds out (`["192.0.2.1:40000"]`); `[]` is nowhere else. */
  readonly "relay-server-static-endpoints"?: string | readonly string[];
  /** Whether the node collects attributes for device posture. */
  readonly "report-posture"?: boolean;
  /** Whether the node refuses every connection from the tailnet. */
  readonly "shields-up"?: boolean;
  /** Whether traffic to advertised subnets has the node's address as source. A new node does so. */
  readonly "snat-subnet-routes"?: boolean;
  /** Whether the node runs Tailscale SSH. */
  readonly ssh?: boolean;
  /** Whether subnet routing and exit nodes drop packets of unknown connections. */
  readonly "stateful-filtering"?: boolean;
  /** Whether the client looks for newer versions of itself. */
  readonly "update-check"?: boolean;
  /** Whether the node shows its web interface in the tailnet, on port 5252. */
  readonly webclient?: boolean;
}
