#!/bin/sh
# Ends what udp-gro.sh has begun, then probes. Prints `left DEVICE` where the features could not be put back.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/udp-gro-back.sh
lock
section run
gro_no_more 2>&1
code=$?
rmdir "${gro_file%/*}" 2>/dev/null
section code; echo "$code"
probe
