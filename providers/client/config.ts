/** The configuration keys that every network provider of the tailscale client shares. */
import { z } from "zod";
import { hostnameSchema, tagSchema, versionSchema } from "../../fields";

const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable, never the key itself");

const tags = z.array(tagSchema);

/** `install:` of a provider's block. */
export const installSchema = z.strictObject({
  /** `auto` installs from the distribution's package repository; `skip` only verifies. Default `auto`. */
  method: z.enum(["auto", "skip"]).default("auto"),
  /** The lowest client version that will do; an older one is upgraded. Default: any. */
  min_version: versionSchema.optional(),
});

/** The shared keys of a provider's block (spec: Config Schema). */
export const clientConfigSchema = z.strictObject({
  /** Names the variable that holds the auth key; read only when a host has to log in. */
  auth_key_env: environmentVariable.optional(),
  /** Names the variable that holds a key of the control server's API: mints auth keys, sets tags and names, removes nodes. */
  api_key_env: environmentVariable.optional(),
  /** MagicDNS suffix of the tailnet (`mytailnet.ts.net`), without a leading or trailing dot. */
  tailnet_domain: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
      "must be a domain in lower case, as mytailnet.ts.net",
    ),
  /** Tags of every host. Default none. */
  default_tags: tags.default([]),
  /** Tags of the hosts that have a role, by role. Default none. */
  role_tags: z.record(z.string(), tags).default({}),
  install: installSchema.prefault({}),
});

export type ClientConfig = z.infer<typeof clientConfigSchema>;

/** The FQDN that a node of this name has in this tailnet. Pure: known at preview. */
export function buildFQDN(host: string, config: Pick<ClientConfig, "tailnet_domain">): string {
  return `${hostnameSchema.parse(host)}.${config.tailnet_domain}`;
}
