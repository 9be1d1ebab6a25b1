/** The schema of a connection, as configuration and resource inputs hold it. */
import { z } from "zod";
import { explainAddress } from "./address";
import { parseHostKey } from "./ssh/host-key";
import type { Connection } from "./types";

const secret = z.string().min(1);

const hopFields = {
  host: z.string().superRefine((text, context) => {
    const message = explainAddress(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().min(1).optional(),
  password: secret.optional(),
  privateKey: secret
    .refine((text) => !isPath(text), {
      error: "is the path of a file, not a key; write it as privateKeyPath",
    })
    .optional(),
  privateKeyPath: z.string().min(1).optional(),
  privateKeyPassword: secret.optional(),
  agentSocketPath: z.string().min(1).optional(),
  hostKey: z
    .string()
    .refine((text) => parseHostKey(text) !== undefined, {
      error: 'expected a public key, as in known_hosts after the name: "ssh-ed25519 AAAA..."',
    })
    .optional(),
  dialErrorLimit: z.int().min(-1).optional(),
  perDialTimeout: z.number().min(0).optional(),
};

/** A line that begins or ends as the name of a file does: no key is written on one line. */
const isPath = (text: string) => /^(~?\.{0,2}[/\\]|[A-Za-z]:\\)[^\n]*$|^[^\n]+\.(pem|key)$/.test(text.trim());

/** What the system's own ssh takes in another way. */
const NOT_FOR_OPENSSH = {
  privateKey: 'client "openssh" takes a key by its file (privateKeyPath), or from an agent',
  privateKeyPassword: 'client "openssh" asks for no passphrase: let an agent hold the key',
  proxy: 'client "openssh" finds its way by ~/.ssh/config: write a ProxyJump there',
} as const;

/** A host's connection: `"local"`, or how to reach it over SSH. Unknown keys are errors. Changes and adds nothing. */
export const connectionSchema: z.ZodType<Connection> = connectionOf(z.strictObject, hopFields);

/**
 * The same as a state holds it, which a newer version may have written: a key that is not known is kept, and not used; a host key
 * may be of a type that only that version can check.
 */
export const recordedConnectionSchema: z.ZodType<Connection> = connectionOf(z.looseObject, {
  ...hopFields,
  hostKey: z.string().optional(),
});

function connectionOf(
  object: typeof z.strictObject | typeof z.looseObject,
  fields: typeof hopFields,
): z.ZodType<Connection> {
  const overSsh = object({
    ...fields,
    client: z.enum(["ssh2", "openssh"]).optional(),
    proxy: object(fields).optional(),
  }).superRefine((connection: { readonly client?: string; readonly [key: string]: unknown }, context) => {
    if (connection.client !== "openssh") return;
    for (const [key, message] of Object.entries(NOT_FOR_OPENSSH))
      if (connection[key] !== undefined) context.addIssue({ code: "custom", path: [key], message });
  });
  return z.union([z.literal("local"), overSsh]);
}
