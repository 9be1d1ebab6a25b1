#!/bin/sh
# Goes back to the profile `$1`, then probes.

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
tailscale switch "$1" 2>&1
code=$?
running 30
section code; echo "$code"
probe
