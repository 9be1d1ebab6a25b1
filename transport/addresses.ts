/** How long each address of a host's name may take to answer. */

/**
 * Milliseconds. Node tries the addresses of a name one after the other and gives each 250 ms, then drops it for good, so
 * that a host far away is never reached when its name has a dead address, too (nodejs/node#54359). In this time the SYN
 * that got lost is sent again, and a second one comes back from the other side of the earth.
 */
export const ADDRESS_ATTEMPT = 2_000;
