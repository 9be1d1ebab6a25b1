/** What `cloudInit` takes for a machine, but for the provider's block. */
import { z } from "zod";
import { flagsSchema, hostnameSchema, tagSchema } from "../../../fields";

/** Of the machine, not of this one: nothing is looked up here. */
const file = z.string().regex(/^\/[^\p{Cc}]+$/u, "must be the absolute path of a file on the machine");

const identitySchema = z
  .strictObject({
    clientId: z.string().regex(/^[\w/.-]+$/, "must be the id of a federated identity"),
    audience: z
      .string()
      .regex(/^[^\s\p{Cc}]+$/u, "must be one word, as api.tailscale.com/...")
      .optional(),
    idTokenFile: file.optional(),
    ephemeral: z.boolean().default(false),
    preauthorized: z.boolean().default(true),
  })
  .refine(({ audience, idTokenFile }) => (audience === undefined) !== (idTokenFile === undefined), {
    path: ["audience"],
    error: "give either audience or idTokenFile: where the machine has its token from",
  });

export const machineSchema = z
  .strictObject({
    hostname: hostnameSchema.optional(),
    tags: z.array(tagSchema).default([]),
    flags: flagsSchema.default({}),
    extraFlags: flagsSchema.default({}),
    authKeyFile: file.optional(),
    workloadIdentity: identitySchema.optional(),
    authKey: z
      .string()
      .regex(/^[!-~]+$/, "must be an auth key: one word")
      .optional(),
  })
  .refine(
    ({ authKeyFile, workloadIdentity, authKey }) =>
      [authKeyFile, workloadIdentity, authKey].filter((each) => each !== undefined).length === 1,
    {
      error:
        "give exactly one of authKeyFile (a file of the image), workloadIdentity and authKey: what the machine logs in with",
    },
  );

export type Machine = z.infer<typeof machineSchema>;
