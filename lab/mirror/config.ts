/** The configuration file of the package mirror's server. */
import { z } from "zod";

/** The file that answers `?mode=json` of its folder. */
export const TRACK_INDEX = "index.json";

export const configSchema = z.object({
  /** The folder that is served. */
  root: z.string(),
  address: z.string(),
  port: z.number().int(),
  certificate: z.string(),
  key: z.string(),
  /** Where each request is logged, as one JSON line. */
  log: z.string(),
});

export type MirrorConfig = z.infer<typeof configSchema>;
