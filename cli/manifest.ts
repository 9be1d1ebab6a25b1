/** This package's own package.json. */
import { createRequire } from "node:module";
import { z } from "zod";

const manifestSchema = z.object({ version: z.string(), peerDependencies: z.record(z.string(), z.string()) });

export function readManifest(): z.output<typeof manifestSchema> {
  return manifestSchema.parse(createRequire(__filename)("pulumi-mesh/package.json"));
}
