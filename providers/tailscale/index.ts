/** The network provider `tailscale`: Tailscale's own control server. Importing this module registers it. */
import { createTailnetProvider } from "../tailnet/provider";
import { register } from "../registry";
import { tailscaleConfigSchema } from "./config";
import { tailscaleFlavor } from "./flavor";

export { tailscaleConfigSchema };

export const tailscale = createTailnetProvider(tailscaleFlavor);

register(tailscale);
