/** By which names the exit node that a node uses can be called: the client itself only remembers an id. */
import { z } from "zod";

/** What `tailscale whois --json` prints of a node. */
const whoisSchema = z.object({
  Node: z.object({ Name: z.string().default(""), Addresses: z.array(z.string()).default([]) }),
});

/** Pure: addresses, FQDN and label, from the section `exit-node` of a probe; none when no exit node is used. */
export function parseExitNode(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const result = whoisSchema.safeParse(value);
  if (!result.success) return [];
  const { Name, Addresses } = result.data.Node;
  const fqdn = Name.replace(/\.$/, "").toLowerCase();
  const names = [fqdn, fqdn.split(".")[0] ?? ""].filter(Boolean);
  return [...Addresses.map((address) => address.replace(/\/\d+$/, "")), ...names];
}
