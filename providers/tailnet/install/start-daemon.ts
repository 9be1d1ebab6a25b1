/** The script that starts the daemon of a client that is installed. */
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
