/** What a node serves to its tailnet: the ports that a declaration has, as users write them. */

/**
 * One port of the node that others of the tailnet reach, and where it leads. The key that names the port says what is spoken
 * there, as the client's own flags do; exactly one of them is given.
 */
export interface ServedPort {
  /** HTTPS, with a certificate for the node's name: what the client serves when nothing else is said. */
  readonly port?: number;
  /** The same as `port`. */
  readonly https?: number;
  /** HTTP; within the tailnet it is encrypted all the same. */
  readonly http?: number;
  /** Any TCP, passed on as it comes. */
  readonly tcp?: number;
  /** TCP within TLS, with a certificate for the node's name; passed on without TLS. */
  readonly tls?: number;
  /** Where it leads: `http://127.0.0.1:3000` (or `https`, `https+insecure`); of `tcp` and `tls` `tcp://127.0.0.1:5432`. */
  readonly to: string;
  /** Whether the port is open to the internet, too (Tailscale Funnel). Default false. */
  readonly funnel?: boolean;
}

/** What can be spoken at a port. */
export type Protocol = "https" | "http" | "tcp" | "tls";

/** The same in one form. */
export interface Served {
  readonly protocol: Protocol;
  readonly port: number;
  readonly to: string;
  readonly funnel: boolean;
}

const PROTOCOLS = { port: "https", https: "https", http: "http", tcp: "tcp", tls: "tls" } as const;
/** The keys that name a port. */
export const KEYS = Object.keys(PROTOCOLS) as readonly (keyof typeof PROTOCOLS)[];

/** Pure: one that fits the schema, in one form. */
export function toServed(given: ServedPort): Served {
  const key = KEYS.find((each) => given[each] !== undefined) ?? "port";
  return { protocol: PROTOCOLS[key], port: given[key] ?? 0, to: given.to, funnel: given.funnel === true };
}
