/** The scripts that start the daemon of a client that is installed. */
import { SERVICES } from "./services";
import { FUNCTIONS } from "../scripts/shell";

/** Enables the daemon and starts it (`$1` is `start` or `restart`), whatever the init system, then probes. */
export const START_DAEMON = `${FUNCTIONS}${SERVICES}
lock
section run
bring_up "$1" 2>&1
code=$?
section code; echo "$code"
probe
`;

/**
 * Ends a login that has failed, then probes. The client keeps the key in its memory and tries for ever; not even `tailscale down`
 * keeps it from joining some day behind everybody's back (tailscale#1728).
 */
export const CANCEL_LOGIN = `${FUNCTIONS}${SERVICES}
lock
section run
if have timeout; then timeout 10 tailscale down; else tailscale down; fi 2>&1
bring_up restart 2>&1
code=$?
section code; echo "$code"
probe
`;
