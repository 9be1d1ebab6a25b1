/** `network.providers.tailscale`: the shared keys, and the tailnet that the API is asked about. */
import { z } from "zod";
import { tailnetConfigSchema } from "../tailnet/config";

export const tailscaleConfigSchema = tailnetConfigSchema.extend({
  /** The tailnet as the API names it (`example.com`). Default `-`: the one that the API key belongs to. */
  tailnet: z
    .string()
    .regex(/^[^\s/]+$/, "must be the tailnet's name, as example.com, or - for the API key's own")
    .default("-"),
  /** Where the API is, for another server with an API of the same form. Default https://api.tailscale.com. */
  api_url: z
    .url({ protocol: /^https?$/, error: "must be a URL, as https://headscale.example.com" })
    .optional(),
});

export type TailscaleConfig = z.infer<typeof tailscaleConfigSchema>;
