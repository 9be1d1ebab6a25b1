#!/bin/sh
# Makes the client of a copied machine forget the state that it was copied with. Stops the daemon, removes its state and the copied mark, starts it anew, then probes.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
lock
section run
{
  stop_service
  rm -rf /var/lib/tailscale/tailscaled.state /var/lib/tailscale/profile-data "$mark_file"
  bring_up start
} 2>&1
code=$?
section code; echo "$code"
probe
