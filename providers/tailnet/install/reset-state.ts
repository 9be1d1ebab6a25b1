/** Makes the client of a copied machine forget the state that it was copied with. */
import { FUNCTIONS } from "../scripts/shell";
import { MARK_FILE } from "../scripts/machine";
import { SERVICES } from "./services";

/** Stops the daemon, removes its state and the copied mark, starts it anew, then probes. */
export const RESET_STATE = `${FUNCTIONS}${SERVICES}
lock
section run
{
  stop_service
  rm -rf /var/lib/tailscale/tailscaled.state /var/lib/tailscale/profile-data ${MARK_FILE}
  bring_up start
} 2>&1
code=$?
section code; echo "$code"
probe
`;
