/** What `cloudInit` takes for a machine, but for the provider's block. */
import { z } from "zod";
import { flagsSchema, hostnameSchema, tagSchema } from "../../../fields";
import { machineIdentitySchema, remoteFileSchema } from "../../../workload-identity-schema";

export const machineSchema = z
  .strictObject({
    hostname: hostnameSchema.optional(),
    tags: z.array(tagSchema).default([]),
    flags: flagsSchema.default({}),
    extraFlags: flagsSchema.default({}),
    authKeyFile: remoteFileSchema.optional(),
    workloadIdentity: machineIdentitySchema.optional(),
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
