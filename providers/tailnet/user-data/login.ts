/** Pure: how a machine that is on its own logs in. */
import type { ControlServerRules } from "../flavor";
import { identityArguments, identityMistakes } from "../settings/machine-identity";
import type { Machine } from "./schema";

/** In memory, and removed after the login: an auth key that the caller has put into the user-data. */
export const SECRET_FILE = "/run/pulumi-mesh-auth-key";

/** Arguments of `tailscale up`; no secret is among them. */
export function loginArguments({ authKeyFile, workloadIdentity }: Machine): string[] {
  if (workloadIdentity === undefined) return [`--auth-key=file:${authKeyFile ?? SECRET_FILE}`];
  return identityArguments(workloadIdentity);
}

/** What is wrong with how it logs in, a sentence each. */
export function loginMistakes(rules: ControlServerRules, { workloadIdentity, tags }: Machine): string[] {
  if (workloadIdentity === undefined) return [];
  return identityMistakes(rules, tags).map((mistake) => `workloadIdentity: ${mistake}; or use authKeyFile`);
}
