/** `network.providers.headscale`: the shared keys, the login server, and who owns minted keys. */
import { z } from "zod";
import { tailnetConfigSchema } from "../tailnet/config";

export const headscaleConfigSchema = tailnetConfigSchema.extend({
  /** URL of the Headscale server (`https://headscale.example.com`). */
  login_server: z.url({ protocol: /^https?$/, error: "must be a URL, as https://headscale.example.com" }),
  /** Name (or e-mail) of the Headscale user that owns minted keys. Default: none where tags own a key, else the only user. */
  user: z.string().trim().min(1, "must not be empty").optional(),
});

export type HeadscaleConfig = z.infer<typeof headscaleConfigSchema>;
