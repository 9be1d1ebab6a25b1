#!/bin/sh
# Reads everything that decisions need, in one go; changes nothing.

. ./providers/tailnet/scripts/lib/functions.sh
case "${1:-}" in serve) with_serve=yes ;; esac
probe
