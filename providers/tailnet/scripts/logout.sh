#!/bin/sh
# Logs the node out, then probes.

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
tailscale logout 2>&1
code=$?
section code; echo "$code"
probe
