/** The tags that a provider's block gives to hosts. */
import { z } from "zod";
import { roleSchema, tagSchema } from "../fields";

/** Reads `default_tags` and `role_tags` from any provider's block; the rest is for that provider's own schema. */
export const tagDefaultsSchema = z.looseObject({
  /** Tags of every host. Default none. */
  default_tags: z.array(tagSchema).default([]),
  /** Tags of the hosts that have a role, by role. Default none. */
  role_tags: z.record(roleSchema, z.array(tagSchema)).default({}),
});
