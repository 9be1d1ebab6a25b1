/** The configuration keys that every network provider of the tailscale client shares. */
import semver from "semver";
import { z } from "zod";
import { hostnameSchema, tagSchema, versionSchema } from "../../fields";
import { parseWith } from "../../validation";

/** The name of a variable that holds a secret, which is called so: `the key`. */
export const variableOf = (secret: string) =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, `must be the name of an environment variable, never ${secret} itself`);

const environmentVariable = variableOf("the key");

const tags = z.array(tagSchema);

/** `install:` of a provider's block: a host's client is installed, upgraded or only checked by it. */
export const installSchema = z
  .strictObject({
    /**
     * `auto`: the distribution's package repository where there is one, else the static tarball; `repository` and
     * `tarball`: that one or an error; `push`: a tarball from this machine; `skip` only verifies. Default `auto`.
     */
    method: z.enum(["auto", "repository", "tarball", "push", "skip"]).default("auto"),
    /** Of the repository and the tarball. Default `stable`. */
    track: z.enum(["stable", "unstable"]).optional(),
    /** The exact client version, also an older one than is installed. Default: any. */
    version: versionSchema.optional(),
    /** The lowest client version that will do; an older one is upgraded to the newest. Default: any. */
    min_version: versionSchema.optional(),
    /** Base URL of a mirror in the official layout. Default https://pkgs.tailscale.com. */
    repository: z
      .url({ protocol: /^https?$/, error: "must be a URL, as https://pkgs.example.com" })
      .optional(),
    /** The armored public key that signs the mirror's packages. Default: Tailscale's own, which is part of this package. */
    repository_key: z.string().superRefine(checkKey).optional(),
    /** For `push`: a tarball as the official ones are named, or a folder of them; relative to the program's folder. */
    path: z.string().trim().min(1, "must not be empty").optional(),
  })
  .superRefine((install, context) => {
    for (const [key, message] of installMistakes(install))
      context.addIssue({ code: "custom", path: [key], message });
  });

type Install = Readonly<Partial<Record<"method" | "track" | "version" | "min_version" | "path", string>>> &
  Readonly<Partial<Record<"repository" | "repository_key", string>>>;

/** Pure: what does not go together, by key. */
function installMistakes(install: Install): [keyof Install, string][] {
  const { method, version, min_version, repository = "", path } = install;
  const mistakes: [keyof Install, string][] = [];
  if (version !== undefined && min_version !== undefined && semver.lt(version, min_version))
    mistakes.push(["version", `${version} is below min_version ${min_version}`]);
  if (method === "push" && path === undefined)
    mistakes.push(["path", "is needed for method push: a tarball on this machine, or a folder of them"]);
  if (method !== "push" && path !== undefined)
    mistakes.push(["path", `is for method push only; the method is ${method}`]);
  const meaningless = { push: ["track", "repository", "repository_key"], tarball: ["repository_key"] };
  const without = { ...meaningless, skip: meaningless.push };
  for (const key of (without[method as keyof typeof without] ?? []) as (keyof Install)[])
    if (install[key] !== undefined) mistakes.push([key, `means nothing with method ${method}`]);
  if (method === "tarball" && repository.startsWith("http:"))
    mistakes.push([
      "repository",
      "must be https for method tarball: nothing else vouches for what is fetched",
    ]);
  return mistakes;
}

const ARMORED = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n[\s\S]+\n-----END PGP PUBLIC KEY BLOCK-----$/;

/** Never shows the value: it may be a private key. */
function checkKey(key: string, context: z.core.$RefinementCtx): void {
  const complain = (message: string) => context.addIssue({ code: "custom", message });
  if (key.includes("PRIVATE KEY")) complain("is a private key; give the public one (`gpg --armor --export`)");
  else if (!ARMORED.test(key.trim()))
    complain("must be an armored PGP public key, whole, from -----BEGIN PGP PUBLIC KEY BLOCK----- on");
  else if (key.length > 10_000)
    complain("is too long; export it with `gpg --armor --export-options export-minimal --export`");
}

/** The shared keys of a provider's block (spec: Config Schema). */
export const tailnetConfigSchema = z.strictObject({
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

export type TailnetConfig = z.infer<typeof tailnetConfigSchema>;

/** The FQDN that a node of this name has in this tailnet. Pure: known at preview. Throws invalid-config for what is no name. */
export function buildFQDN(host: string, config: Pick<TailnetConfig, "tailnet_domain">): string {
  return `${parseWith(hostnameSchema, host, "host")}.${config.tailnet_domain}`;
}
