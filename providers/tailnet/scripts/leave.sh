#!/bin/sh
# As logout.sh, for good: nobody holds the host any more, and it routes for nobody; nor does one whose client has gone.

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
tailscale logout 2>&1
code=$?
if [ "$code" = 0 ] || ! have tailscale; then rm -f "$mark_file" "$forwarding_file"; fi
rmdir "${mark_file%/*}" 2>/dev/null
section code; echo "$code"
probe
