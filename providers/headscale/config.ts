/** `network.providers.headscale`: the shared keys, the login server, and the API key. */
import { z } from "zod";
import { clientConfigSchema } from "../client/config";

export const headscaleConfigSchema = clientConfigSchema.extend({
  /** URL of the Headscale server (`https://headscale.example.com`). */
  login_server: z.url({ protocol: /^https?$/, error: "must be a URL, as https://headscale.example.com" }),
  /** Names the variable that holds a Headscale API key: for tags of joined nodes, names, and removal. Optional. */
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable, never the key itself")
    .optional(),
});

export type HeadscaleConfig = z.infer<typeof headscaleConfigSchema>;
