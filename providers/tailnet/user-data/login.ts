/** Pure: how a machine that is on its own logs in. */
import type { ControlServerRules } from "../flavor";
import type { Machine } from "./schema";

/** In memory, and removed after the login: an auth key that the caller has put into the user-data. */
export const SECRET_FILE = "/run/pulumi-mesh-auth-key";

/** Arguments of `tailscale up`; no secret is among them. */
export function loginArguments({ authKeyFile, workloadIdentity: identity }: Machine): string[] {
  if (identity === undefined) return [`--auth-key=file:${authKeyFile ?? SECRET_FILE}`];
  // What stands behind the id is read by the client, whose defaults are the opposite: ephemeral, and not preauthorized.
  const { clientId, ephemeral, preauthorized, audience, idTokenFile } = identity;
  const token = idTokenFile === undefined ? `--audience=${audience}` : `--id-token=file:${idTokenFile}`;
  return [`--client-id=${clientId}?ephemeral=${ephemeral}&preauthorized=${preauthorized}`, token];
}

/** What is wrong with how it logs in, a sentence each. */
export function loginMistakes(
  { takesMachineIdentity, id }: Pick<ControlServerRules, "takesMachineIdentity" | "id">,
  { workloadIdentity, tags }: Machine,
): string[] {
  if (workloadIdentity === undefined) return [];
  if (takesMachineIdentity !== true)
    return [`workloadIdentity: the network provider ${id} has none; use authKeyFile`];
  return tags.length > 0
    ? []
    : ["workloadIdentity: a node that joins by it needs a tag (default_tags, role_tags or tags)"];
}
