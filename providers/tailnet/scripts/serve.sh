#!/bin/sh
# Has the client serve ports of the node: carries out steps in turn, then probes; one that fails keeps no other from being done.
# Arguments: `$1` is the SHA-256 of the configuration that the one on standard input was made from, which takes its place if that is
# still the client's (empty: nothing does); then four for each step: `off`, `serve` or `funnel`, the client's flag for what is spoken, the port, where it
# leads (of `off` empty).

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
limited() { if have timeout; then timeout 60 tailscale "$@"; else tailscale "$@"; fi </dev/null 2>&1 9>&-; }
code=0
sum_of() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
if [ -n "$1" ] && [ "$(sum_of "$(tailscale serve status --json 2>/dev/null)")" = "$1" ]; then tailscale serve set-raw 2>&1 9>&-; fi
shift
while [ "$#" -ge 4 ]; do
  case "$1 $2" in
    'off http' | 'off https') limited serve --yes "--$2=$3" --set-path=/ off ;; # others may serve paths below it
    off*) limited serve --yes "--$2=$3" off ;;
    *) limited "$1" --bg --yes "--$2=$3" "$4" ;;
  esac || code=$?
  shift 4
done
section code; echo "$code"
with_serve=yes
probe
