/** Which way the connection came that a probe ran on. */
import { parseAssignments } from "./sections";

/** The two ends of an SSH connection, as the host sees them. */
export interface Peer {
  readonly client: string;
  readonly server: string;
  /** The network device that leads back to the client, where the host could tell. */
  readonly device?: string;
}

/** Pure: the section `peer` of a probe. */
export function parsePeer(text: string): Peer | undefined {
  const values = parseAssignments(text);
  const [client, , server] = (values.get("connection") ?? "").split(" ");
  if (!client || !server) return undefined;
  return { client, server, device: values.get("device") || undefined };
}
