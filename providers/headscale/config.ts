/** `network.providers.headscale`: the shared keys, the login server, and who owns minted keys. */
import { z } from "zod";
import { isInClear } from "../control-server/in-clear";
import { tailnetConfigSchema } from "../tailnet/config";

const keysSchema = tailnetConfigSchema.extend({
  /** URL of the Headscale server (`https://headscale.example.com`). */
  login_server: z.url({ protocol: /^https?$/, error: "must be a URL, as https://headscale.example.com" }),
  /** Name (or e-mail) of the Headscale user that owns minted keys. Default: none where tags own a key, else the only user. */
  user: z.string().trim().min(1, "must not be empty").optional(),
});

export const headscaleConfigSchema = keysSchema.superRefine(
  ({ login_server: server, api_key_env }, context) => {
    if (api_key_env === undefined || !isInClear(server)) return;
    const message =
      "must be https where api_key_env is set: over plain http the API key would go in clear; http is for this machine itself only, as http://127.0.0.1:8080";
    context.addIssue({ code: "custom", path: ["login_server"], message });
  },
);

export type HeadscaleConfig = z.infer<typeof headscaleConfigSchema>;
