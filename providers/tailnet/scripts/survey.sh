#!/bin/sh
# What the command line wants to know beside the probe: the network as the host sees it, and its links. Changes nothing.
# Arguments: the login server's URL, or empty for no look at the network; then the FQDNs of nodes to measure links to. Of each
# link one line: the FQDN, and the last answer, or what was said instead. Ends with a probe.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/daemon-settings.sh
. ./providers/tailnet/scripts/lib/udp-gro.sh
reach() { # any answer will do: it is about the way there
  if have curl; then curl -sS -o /dev/null -m 15 -w '%{http_code}\n' "$1" 2>&1 && echo reached
  elif have wget; then
    said=$(wget -q -O /dev/null -T 15 "$1" 2>&1); code=$?
    case "$code $said" in '0 '* | '8 '* | *'server returned error'*) echo reached ;; *) printf '%s\n' "${said:-wget ended with $code}" ;; esac
  else echo 'no program'; fi
}
measure() {
  said=$(if have timeout; then timeout 15 tailscale ping --c 3 --timeout 3s "$1" 2>&1; else tailscale ping --c 3 --timeout 3s "$1" 2>&1; fi)
  pong=$(printf '%s\n' "$said" | grep '^pong' | tail -n 1)
  [ -n "$pong" ] || pong=$(printf '%s\n' "$said" | tail -n 1)
  printf '%s %s\n' "$1" "$(printf %s "$pong" | head -c 300)"
}
server=$1; shift
if [ -n "$server" ]; then
  say 'asking for the control server'
  section control; reach "$server" | head -c 1000
  if have tailscale; then
    say 'looking at the network'
    section netcheck
    if have timeout; then timeout 30 tailscale netcheck --format=json 2>/dev/null; else tailscale netcheck --format=json 2>/dev/null; fi | head -c 100000
  fi
fi
if [ "$#" -gt 0 ] && have tailscale && answers; then
  say 'measuring links'
  section links
  while [ "$#" -gt 0 ]; do
    n=0
    while [ "$n" -lt 16 ] && [ "$#" -gt 0 ]; do measure "$1" & shift; n=$((n + 1)); done
    wait
  done
fi
probe
