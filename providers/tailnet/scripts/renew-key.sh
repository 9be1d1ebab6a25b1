#!/bin/sh
# Has the node log in anew in its own place, which gives it a fresh key, then probes. Arguments: those of `tailscale up`. The auth key, where there is one,
# is on standard input. A control server that says no leaves the node in the mesh with the key that it had: the daemon is restarted then (the
# section `restarted`), for it would go on trying, and hear of nothing else. One that does not answer is another matter: without it a
# daemon that starts is in no mesh.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
lock
section run
said=$(tailscale up --force-reauth --accept-risk=lose-ssh --timeout=60s "$@" 2>&1 9>&-)
code=$?
printf '%s\n' "$said"
if [ "$code" -ne 0 ]; then
  case "$said" in *'backend error'*) bring_up restart 2>&1; section restarted ;; esac
fi
running 30
section code; echo "$code"
probe
