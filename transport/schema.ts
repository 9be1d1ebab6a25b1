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
  privateKey: secret.optional(),
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

/** A host's connection: `"local"`, or how to reach it over SSH. Unknown keys are errors. Changes and adds nothing. */
export const connectionSchema: z.ZodType<Connection> = z.union([
  z.literal("local"),
  z.strictObject({ ...hopFields, proxy: z.strictObject(hopFields).optional() }),
]);
