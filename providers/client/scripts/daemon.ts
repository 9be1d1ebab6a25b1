/** The script that starts the daemon of a client that is installed. */
import { FUNCTIONS } from "./shell";

/** Enables the daemon and starts it (`$1` is `start` or `restart`), then probes. */
export const START_DAEMON = `${FUNCTIONS}
lock
section run
systemctl unmask tailscaled 2>&1
systemctl enable tailscaled 2>&1 && systemctl "$1" tailscaled 2>&1
code=$?
[ "$code" -eq 0 ] && await_daemon
section code; echo "$code"
probe
`;
