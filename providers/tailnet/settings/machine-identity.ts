/** How a host logs in with the identity that its own platform gives it: as its client (feature/identityfederation) reads it. Pure. */
import semver from "semver";
import { MeshError } from "../../../errors";
import type { MachineIdentity } from "../../user-data";
import type { ControlServerRules } from "../flavor";

/** The versions of the client that know the flags. */
const SINCE = { idTokenFile: "1.90.0", audience: "1.94.0" };

/** Arguments of `tailscale up`; no secret is among them. */
export function identityArguments({
  clientId,
  audience,
  idTokenFile,
  ephemeral = false,
  preauthorized = true,
}: MachineIdentity): string[] {
  const token = idTokenFile === undefined ? `--audience=${audience}` : `--id-token=file:${idTokenFile}`;
  // What stands behind the id is read by the client, whose defaults are the opposite: ephemeral, and not preauthorized.
  return [`--client-id=${clientId}?ephemeral=${ephemeral}&preauthorized=${preauthorized}`, token];
}

/** What keeps a host from logging in so, in a few words each. */
export function identityMistakes(
  { takesMachineIdentity, id }: Pick<ControlServerRules, "takesMachineIdentity" | "id">,
  tags: readonly string[],
): string[] {
  if (takesMachineIdentity !== true)
    return [
      `the network provider ${id} has none: its control server takes no tokens of others, only auth keys; give one`,
    ];
  return tags.length > 0
    ? []
    : ["a node that joins by it needs a tag, since it belongs to nobody (default_tags, role_tags or tags)"];
}

/** Throws invalid-config for a client that does not know how. `version` is empty where it is not known. */
export function mustKnowIdentities(
  host: string,
  version: string | undefined,
  { audience }: Pick<MachineIdentity, "audience">,
): void {
  const [name, since] =
    audience === undefined ? ["idTokenFile", SINCE.idTokenFile] : ["audience", SINCE.audience];
  if (version !== undefined && semver.valid(version) !== null && semver.gte(version, since)) return;
  throw new MeshError({
    kind: "invalid-config",
    host,
    message: `the client ${version ?? ""} cannot log in with workloadIdentity by ${name}: ${since} can`,
    remedy: `Set install.min_version to ${since} in the provider's block, so that an older client is upgraded.`,
  });
}
