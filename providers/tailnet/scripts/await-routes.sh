#!/bin/sh
# Waits until the node has heard that the given routes are its own (at most 5 s), then probes.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/patiently.sh
served() {
  seen=$(status | tr -d ' \t\n')
  for route in "$@"; do case "$seen" in *'"AllowedIPs":['*"\"$route\""*'],'*) ;; *) return 1 ;; esac; done
}
patiently 20 served "$@"
probe
