/** Which way the connection came that a probe ran on. */
import { parseAssignments } from "./sections";

/** The two ends of an SSH connection, as the host sees them; or that the client's daemon serves it (Tailscale SSH). */
export type Peer =
  | { readonly ssh: "tailscale" }
  | {
      readonly ssh: "sshd";
      readonly client: string;
      readonly server: string;
      /** That of the SSH server. */
      readonly port?: number;
      /** The network device that leads back to the client, where the host could tell. */
      readonly device?: string;
    };

/** Pure: the section `peer` of a probe. */
export function parsePeer(text: string): Peer | undefined {
  const values = parseAssignments(text);
  if (values.get("ssh") === "tailscale") return { ssh: "tailscale" };
  const [client, , server, port = ""] = (values.get("connection") ?? "").split(" ");
  if (!client || !server) return undefined;
  return {
    ssh: "sshd",
    client,
    server,
    ...(/^\d{1,5}$/.test(port) ? { port: Number(port) } : {}),
    device: values.get("device") || undefined,
  };
}
