#!/bin/sh
# Waits until the node has the name `$1`, every tag given after it, and none of those after `--` (at most 10 s), then
# probes: what the control server was told takes a moment to arrive.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/patiently.sh
name=$1; shift
settled() {
  seen=$(status | tr -d ' \t\n'); wanted=yes
  case "$seen" in *'"DNSName":"'"$name".*) ;; *) return 1 ;; esac
  for tag in "$@"; do
    if [ "$tag" = -- ]; then wanted=no; continue; fi
    case "$seen" in *"\"$tag\""*) found=yes ;; *) found=no ;; esac
    [ "$found" = "$wanted" ] || return 1
  done
}
patiently 40 settled "$@"
probe
