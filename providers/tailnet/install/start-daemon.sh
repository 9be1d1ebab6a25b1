#!/bin/sh
# Enables the daemon and starts it (`$1` is `start` or `restart`), whatever the init system, then probes.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
lock
section run
bring_up "$1" 2>&1
code=$?
section code; echo "$code"
probe
