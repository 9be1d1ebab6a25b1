/** What the command line asks of a network provider beyond the contract: a look, here and on a host, that changes nothing. */

/** `unknown`: it could not be looked at, or not yet. */
export type Level = "ok" | "warn" | "fault" | "unknown";

/** One thing that was looked at. */
export interface Finding {
  /** What it is, in a word or two: `tun`, `auth key`. */
  readonly check: string;
  readonly level: Level;
  /** What was found: a few words where all is well, else a sentence without a full stop. Never a secret. */
  readonly text: string;
  /** What to do about a warning or a fault: an imperative sentence. */
  readonly remedy?: string;
}

/** How one node reaches another. */
export interface Link {
  /** The other node, as it was asked for. */
  readonly to: string;
  /** `none`: it did not answer. */
  readonly via: "direct" | "relay" | "none";
  readonly latencyMs?: number;
  /** The address or the relay in between; for `none` why. */
  readonly detail?: string;
}

/** What a look at a host is told of it. */
export interface SurveyOptions {
  /** `network.providers.<id>`. */
  readonly config: unknown;
  /** The node's name: one DNS label. */
  readonly host: string;
  /** Whether to look at what a join needs: the system, the device, the network, the clock, the control server. */
  readonly prerequisites?: boolean;
  /** Whether to look at the system alone: at what the probe tells anyway. */
  readonly system?: boolean;
  /** Addresses or FQDNs of the nodes to which links are measured. */
  readonly links?: readonly string[];
}

/** Subnets that a node offers to others. */
export interface Routes {
  readonly advertised: readonly string[];
  /** Those that the control server has approved; absent where nobody could be asked. */
  readonly approved?: readonly string[];
}

/** What a look at a host found. */
export interface Survey {
  /** In the order in which a person would look; empty unless `prerequisites` or `system`. */
  readonly findings: readonly Finding[];
  /** What an `up` would do about the client, in a few words (`install it from the apt repository`); absent when nothing. */
  readonly install?: string;
  /** True where there is no client yet, so that there can be no node. */
  readonly isBare?: boolean;
  readonly links: readonly Link[];
  /** Who holds the host; absent when nobody says so. */
  readonly holder?: { readonly id: string; readonly label: string };
  readonly routes: Routes;
}

/** What a look at the credentials of this machine is told. */
export interface AccessOptions {
  /** `network.providers.<id>`. */
  readonly config: unknown;
  /** The tags of all hosts. */
  readonly tags: readonly string[];
  /** Whether a host has to log in: then a missing key is a fault. */
  readonly needsKey: boolean;
}

/** As of a ProviderContext; no host is reached. */
export interface AccessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}
