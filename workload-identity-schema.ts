/** The schema of the identity that a machine's own platform vouches for, for configuration, inputs and user-data. */
import { z } from "zod";

/** Of the machine, not of this one: nothing is looked up here. */
export const remoteFileSchema = z
  .string()
  .regex(/^\/[^\p{Cc}]+$/u, "must be the absolute path of a file on the machine");

const fields = z.strictObject({
  clientId: z.string().regex(/^[\w/.-]+$/, "must be the id of a federated identity"),
  audience: z
    .string()
    .regex(/^[^\s\p{Cc}]+$/u, "must be one word, as api.tailscale.com/...")
    .optional(),
  idTokenFile: remoteFileSchema.optional(),
  preauthorized: z.boolean().optional(),
});

const hasOneSource = ({ audience, idTokenFile }: { audience?: string; idTokenFile?: string }) =>
  (audience === undefined) !== (idTokenFile === undefined);
const ONE_SOURCE = {
  path: ["audience"],
  error: "give either audience or idTokenFile: where the machine has its token from",
};

/** Of a host, which has `ephemeral` as a setting of its own. */
export const workloadIdentitySchema = fields.refine(hasOneSource, ONE_SOURCE);

/** Of a machine that joins by itself. */
export const machineIdentitySchema = fields
  .extend({ ephemeral: z.boolean().optional() })
  .refine(hasOneSource, ONE_SOURCE);
