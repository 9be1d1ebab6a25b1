/** The network provider `tailscale`: Tailscale's own control server. Importing this module registers it. */
import type { NetworkProvider } from "../contract";
import { createTailnetProvider } from "../tailnet/provider";
import { register } from "../registry";
import { tailscaleFlavor } from "./flavor";

export const tailscale: NetworkProvider = createTailnetProvider(tailscaleFlavor);

register(tailscale);
