/** `network.providers.tailscale`: the shared keys, and the tailnet that the API is asked about. */
import { z } from "zod";
import { isInClear } from "../control-server/in-clear";
import { tailnetConfigSchema } from "../tailnet/config";
import { identitySchema } from "./identity";

const keysSchema = tailnetConfigSchema.extend({
  /** The tailnet as the API names it (`example.com`). Default `-`: the one that the API key belongs to. */
  tailnet: z
    .string()
    .regex(/^[^\s/]+$/, "must be the tailnet's name, as example.com, or - for the API key's own")
    .default("-"),
  /** Where the API is, for another server with an API of the same form. Default https://api.tailscale.com. */
  api_url: z
    .url({ protocol: /^https?$/, error: "must be a URL, as https://headscale.example.com" })
    .optional(),
  /** Instead of api_key_env: an OIDC token of the machine that runs this is exchanged for access to the API. */
  workload_identity: identitySchema.optional(),
});

export const tailscaleConfigSchema = keysSchema
  .refine((config) => config.api_key_env === undefined || config.workload_identity === undefined, {
    path: ["workload_identity"],
    error: "goes against api_key_env; leave out one of the two",
  })
  .refine(({ api_url: url }) => url === undefined || new URL(url).pathname === "/", {
    path: ["api_url"],
    error: "must be a server's address alone, without a path",
  })
  .refine(({ api_url: url }) => url === undefined || !isInClear(url), {
    path: ["api_url"],
    error:
      "must be https: over plain http the credentials would go in clear; http is for this machine itself only, as http://127.0.0.1:8080",
  });

export type TailscaleConfig = z.infer<typeof tailscaleConfigSchema>;
