/** `network.providers.tailscale`: the shared keys, and the tailnet that the API is asked about. */
import { z } from "zod";
import { tailnetConfigSchema } from "../tailnet/config";

export const tailscaleConfigSchema = tailnetConfigSchema.extend({
  /** The tailnet as the API names it (`example.com`). Default `-`: the one that the API key belongs to. */
  tailnet: z
    .string()
    .regex(/^[^\s/]+$/, "must be the tailnet's name, as example.com, or - for the API key's own")
    .default("-"),
});

export type TailscaleConfig = z.infer<typeof tailscaleConfigSchema>;
