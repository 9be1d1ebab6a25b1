#!/bin/sh
# Ends a login that has failed, then probes. The client keeps the key in its memory and tries for ever; not even `tailscale down`
# keeps it from joining some day behind everybody's back (tailscale#1728).

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
lock
section run
if have timeout; then timeout 10 tailscale down; else tailscale down; fi 2>&1
bring_up restart 2>&1
code=$?
section code; echo "$code"
probe
