#!/bin/sh
# Forgets the profile `$1` (the present one stays), then probes.

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
tailscale switch remove "$1" 2>&1
section code; echo $?
probe
