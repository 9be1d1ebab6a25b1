#!/bin/sh
# Runs one change (`tailscale "$@"`), waits until the node is running and, where `$1` is not empty, has that name (at
# most 10 s), then probes.

. ./providers/tailnet/scripts/lib/functions.sh
lock
name=$1; shift
section run
if have timeout; then timeout 60 tailscale "$@" 2>&1; else tailscale "$@" 2>&1; fi
code=$?
case "$(status | tr -d ' \t\n')" in *'"BackendState":"Stopped"'*) is_up='' ;; *) is_up=yes ;; esac
if [ "$code" -eq 0 ] && [ -n "$is_up" ]; then # a setting brings no node up
  running 30
  n=0 # running counts with i
  while [ -n "$name" ] && [ "$n" -lt 20 ]; do
    case "$(status | tr -d ' \t\n')" in *'"DNSName":"'"$name".*) break ;; esac
    sleep 0.5 2>/dev/null || sleep 1
    running 30
    n=$((n + 1))
  done
fi
section code; echo "$code"
probe
