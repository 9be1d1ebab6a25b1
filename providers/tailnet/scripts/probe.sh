#!/bin/sh
# Reads everything that decisions need, in one go; changes nothing.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/daemon-settings.sh
. ./providers/tailnet/scripts/lib/udp-gro.sh
case "${1:-}" in serve) with_serve=yes ;; esac
probe
